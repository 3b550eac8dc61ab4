// Where a browser's request comes from: our own pages, pages of an origin that is on the list, or
// another site that makes a browser send it. And the names that we answer to. [worker]
#pragma once

#include "http/endpoints.hpp"

namespace dugout::http {

// Another site's page can make a browser send our cookies, but not forge what is looked at here.
// `when_not_told`: what counts for a client that says nothing of it, which no browser of today
// does.
bool of_our_pages(const Service& service, Exchange& exchange, bool when_not_told);

// Another site's page, none of the list: whatever it sends, the person did not mean to.
bool of_another_site(const Service& service, Exchange& exchange);

// The world reaches us by https, as far as we are told: by public_url, our own TLS, or the proxy
// that brought this request. Cookies are Secure then, and browsers are told to stay with it.
bool is_secure(const Service& service, Exchange& exchange);

// Puts what a browser has to know on the answer, whatever that will be: without it a page of an
// origin on the list could not even read that it has to wait.
void tell_browser(Service& service, Exchange& exchange);

// False: it is answered: 421 for a host that is not ours, or the preflight of an origin on the
// list. REQUIRES: tell_browser().
bool admit_origin(Service& service, Exchange& exchange);

}  // namespace dugout::http
