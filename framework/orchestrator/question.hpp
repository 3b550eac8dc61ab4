// What a page needs to ask the open question well: its form, its buttons, what may be changed, and
// how far it is. Pure, over the routine's fields and the record. [any]
#pragma once

#include <string>

#include "orchestrator/chat.hpp"
#include "orchestrator/draft.hpp"
#include "routines/model.hpp"

namespace dugout::orchestrator {

// The field that is asked for now: the first one wanted that has no value; nullptr = none.
const routines::Field* open_field(const routines::Routine& routine, const Draft& draft);

// A JSON object:
//   routine    number
//   field      record field, or null when nothing is asked (an end)
//   kind       text, yes_no, choice, date, number, phone, email, postcode or file
//   label      what an input is called, such as "Your email"
//   autofill   what a browser may fill in ("email"), or null
//   choices    [{"value": what is sent, "label": what is shown}]
//   editable   [{"field", "label", "value": what is sent to change it}], told earlier
std::string question_of(const routines::Flow& flow, const routines::Routine& routine,
                        const Draft& draft);

// The open question is one more than the routines that have left something in the record; after it
// comes the longest way to an end that what is known by now allows. So the total only shrinks.
Steps steps_of(const routines::Flow& flow, int routine, const Draft& draft);

}  // namespace dugout::orchestrator
