#include "orchestrator/links.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "core/text.hpp"
#include "orchestrator/details.hpp"

namespace dugout::orchestrator {
namespace {

using re2::RE2;
using re2::StringPiece;

// Two letters are a country's. Any longer ending is one but for files'; those that stand here are
// it also where a sentence might begin: "pay.Digital", but not "No.Thanks".
constexpr auto kEndings =
    " ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs "
    "bt"
    " bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg "
    "er"
    " es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn "
    "hr"
    " ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li "
    "lk"
    " lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne "
    "nf"
    " ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb "
    "sc"
    " sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt "
    "tv"
    " tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
    " com org net edu gov mil int info biz name pro mobi tel coop app dev xyz top click link links "
    "site"
    " online shop store club live life world today news email cloud tech space website fun icu vip "
    "work"
    " zip mov page pay bank blog art bet bid cam cash casino chat cheap city company contact credit"
    " date deals delivery direct download exchange express fit football game games gift group guru"
    " help host ink kim lol loan loans love ltd market media men mom money ninja one party photo "
    "photos"
    " pics plus press promo pub rest review rip rocks run sale school science services social "
    "solutions"
    " stream studio style support surf team tips tools trade travel tube uno video wang webcam "
    "wiki win"
    " wtf zone goog google onion local example test invalid sbs cfd cyou lat monster quest center"
    " digital agency finance claims care ";
constexpr auto kFiles =
    " jpg jpeg png gif heic heif webp bmp svg pdf doc docx odt xls xlsx ods csv txt json yaml yml "
    "xml"
    " html htm ics vcf mp3 mp4 exe ";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool all_digits(std::string_view text) {
  return text.find_first_not_of("0123456789.") == text.npos;
}

bool stands_in(std::string_view list, const std::string& ending) {
  return list.find(" " + ending + " ") != list.npos;
}

bool is_ending(std::string_view labels, const std::string& written) {
  constexpr std::size_t kCountry = 2;
  const auto ending = core::lower(written);
  if (ending.starts_with("xn--") || !is_ascii(ending) || stands_in(kEndings, ending)) return true;
  if (ending.size() <= kCountry || stands_in(kFiles, ending)) return false;
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool sentence = !small(written.front()) && small(written[1]);
  const auto dots = static_cast<std::size_t>(std::count(labels.begin(), labels.end(), '.'));
  const bool initials = dots > 1 && dots * 2 == labels.size();  // "e.g.photos"
  return !sentence && !initials;
}

// "host:port" of what stands behind "https:"; empty = none.
std::string authority_of(std::string_view rest) {
  const auto start = std::min(rest.find_first_not_of("/\\"), rest.size());
  rest.remove_prefix(start);
  auto host = core::lower(rest.substr(0, rest.find_first_of("/?#\\ \t\n)]>}\"'|<,;")));
  while (!host.empty() && (host.back() == '.' || host.back() == ':' || host.back() == '!')) {
    host.pop_back();
  }
  return host;
}

bool plain_host(std::string_view host) {
  return !host.empty() &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.:") == host.npos &&
         host.find("xn--") == host.npos;
}

// Takes the URLs with a scheme out of the text.
void take_urls(std::string& text, LinkReading& out) {
  static const RE2 url(R"((?i)(\bhttps?\s?:[^\s<>"']*))");
  static const RE2 other(
      R"((?i)\b(?:javascript|vbscript|livescript)\s*:|\bdata:\s*(?:[a-z]+/|[;,])|\bfile:\s*[/\\])"
      R"(|\b(?:sms|smsto|whatsapp|tg|intent|facetime|skype):\s*[+0-9/]|\b[a-z][a-z0-9+.-]{1,20}:[/\\]{2})");
  StringPiece rest(text), found;
  while (RE2::FindAndConsume(&rest, url, &found)) {
    const std::string_view whole(found.data(), found.size());
    auto host = authority_of(whole.substr(whole.find(':') + 1));
    if (!plain_host(host)) out.odd = true;
    out.hosts.push_back(std::move(host));
  }
  RE2::GlobalReplace(&text, url, " ");
  if (RE2::PartialMatch(text, other)) out.odd = true;
}

// What no scheme makes a link, but a phone does.
void take_bare(const std::string& text, LinkReading& out) {
  static const RE2 name(R"(((?:[\pL\pN_-]+\.)+)(xn--[a-zA-Z0-9-]+|\pL\pL+))");
  static const RE2 numbers(R"(\b([0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5})?)\b)");
  StringPiece rest(text), found;
  std::string labels, ending;
  while (RE2::FindAndConsume(&rest, name, &labels, &ending)) {
    if (all_digits(labels) || !is_ending(labels, ending)) continue;
    const auto host = core::lower(labels) + core::lower(ending);
    if (!plain_host(host)) out.odd = true;
    out.hosts.push_back(host);
  }
  rest = text;
  while (RE2::FindAndConsume(&rest, numbers, &found)) out.hosts.emplace_back(found);
}

// "[words](target)" to anything but a whole link, and "[name]: target".
bool odd_markdown(std::string_view text) {
  static const RE2 definition(R"((?m)^\s{0,3}\[[^\]\n]+\]:\s*\S)");
  static const RE2 whole(R"((?i)\]\s?\(\s*<?(?:https?://|mailto:|tel:))");
  static const RE2 any(R"(\]\s?\()");
  const StringPiece piece(text.data(), text.size());
  if (RE2::PartialMatch(piece, definition)) return true;
  std::string left(text);
  RE2::GlobalReplace(&left, whole, " ");
  return RE2::PartialMatch(left, any);
}

}  // namespace

void LinkHosts::add(std::string_view host) {
  auto name = core::lower(core::trim(host));
  if (name.starts_with("*.")) {
    endings_.insert(name.substr(1));
  } else if (!name.empty()) {
    hosts_.insert(std::move(name));
  }
}

void LinkHosts::add_of_url(std::string_view url) {
  const auto colon = url.find(':');
  if (colon != url.npos) add(authority_of(url.substr(colon + 1)));
}

bool LinkHosts::has(std::string_view host) const {
  if (hosts_.contains(host)) return true;
  const auto name = host.substr(0, host.find(':'));
  const bool usual = name.size() == host.size() || host.ends_with(":443");
  if (usual && hosts_.contains(name)) return true;
  return usual && std::any_of(endings_.begin(), endings_.end(),
                              [name](const auto& ending) { return name.ends_with(ending); });
}

LinkReading links_in(std::string_view seen) {
  LinkReading out;
  out.odd = odd_markdown(seen);
  std::string text(seen);
  take_urls(text, out);  // first: "https://good.example@evil.example" is no email
  take_bare(without_emails(text), out);
  return out;
}

bool holds_html(std::string_view seen) {
  static const RE2 link(R"((?i)<(?:https?:|mailto:))"), tag(R"(<[a-zA-Z/!?])");
  std::string text(seen);
  RE2::GlobalReplace(&text, link, " ");
  return RE2::PartialMatch(text, tag);
}

bool strip_pictures(std::string& text) {
  static const RE2 picture(R"((?i)!\[[^\]]*\]\s?(?:\([^)]*\)|\[[^\]]*\])|<\s*img\b[^>]*>?)");
  constexpr int kNested = 4;
  bool any = false;
  for (int round = 0; round < kNested && RE2::GlobalReplace(&text, picture, "") > 0; ++round) {
    any = true;
  }
  return any;
}

}  // namespace dugout::orchestrator
