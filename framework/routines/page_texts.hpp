// What the parents' page says where agents/page.yaml says nothing else. Slots are settings.
#pragma once

#include <map>
#include <string>

namespace dugout::routines {

inline const std::map<std::string, std::string>& default_page_texts() {
  static const std::map<std::string, std::string> texts{
      {"club", "{club.name}"},
      {"title", "Player registration"},
      {"greeting",
       "Hello! I am the club's registration assistant. Please type the registration code from your "
       "team's manager or coach, such as **200-lions-u9-2526**."},
      {"message", "Your message"},
      {"placeholder", "Type here"},
      {"send", "Send"},
      {"new_chat", "New registration"},
      {"new_chat_ask",
       "Start a new registration? What you have told in this one stays with the club."},
      {"photo", "Choose a photo"},
      {"offline",
       "No connection just now. Your answer is kept here and is sent as soon as it is back."},
      {"online", "Connected again."},
      {"busy", "Very busy just now. Your answer is kept, and I try again by myself."},
  };
  return texts;
}

// By kind of progress; `working` is for a tool that has no words of its own.
inline const std::map<std::string, std::string>& default_status() {
  static const std::map<std::string, std::string> words{
      {"thinking", "Thinking…"},
      {"waiting", "This takes a little longer than usual…"},
      {"checking", "Checking the answer…"},
      {"working", "Working on it…"},
  };
  return words;
}

}  // namespace dugout::routines
