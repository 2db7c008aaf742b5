#include "runtime/base/options.h"

#include <signal.h>
#include <string.h>

#include "runtime/base/text.h"

namespace lockwrap::base {

constinit Options options;

namespace {

struct Value {
  const char* text;
  size_t length;
};

using Line = TextOf<700>;

// Complaints quote at most this much of what was written.
constexpr size_t kQuotedBytes = 60;

Line& quote(Line& line, const char* text, size_t length) {
  line.add_char('\'');
  for (size_t i = 0; i < length && i < kQuotedBytes; ++i) {
    line.add_char(text[i] >= ' ' && text[i] < 127 ? text[i] : '?');  // never control characters to a terminal
  }
  if (length > kQuotedBytes) line.add("...");
  line.add_char('\'');
  return line;
}

int complain(const char* source, const char* key, size_t key_length, const char* problem) {
  Line line;
  line.add("lockwrap: ").add(source).add(": ");
  quote(line, key, key_length).add(": ").add(problem).add("\n");
  print_to_stderr(line);
  return 1;
}

bool parse_number(Value value, uint64_t& number) {
  if (!value.length || value.length > 19) return false;
  number = 0;
  for (size_t i = 0; i < value.length; ++i) {
    if (value.text[i] < '0' || value.text[i] > '9') return false;
    number = number * 10 + static_cast<uint64_t>(value.text[i] - '0');
  }
  return true;
}

// Null when the value was taken, else what is wrong with it.
const char* set_flag(bool& flag, Value value) {
  if (value.length != 1 || (*value.text != '0' && *value.text != '1')) return "takes 0 or 1; the default stays";
  flag = *value.text == '1';
  return nullptr;
}

const char* set_number(uint64_t& target, Value value, uint64_t least, uint64_t most) {
  uint64_t number;
  if (!parse_number(value, number) || number < least || number > most) {
    return "is not a whole number within its limits (help=1 prints them); the default stays";
  }
  target = number;
  return nullptr;
}

const char* set_text(char (&target)[kOptionTextBytes], Value value) {
  if (value.length >= kOptionTextBytes) return "is longer than 511 bytes; the default stays";
  memcpy(target, value.text, value.length);
  target[value.length] = 0;
  return nullptr;
}

// `words` are separated by blanks.
const char* set_choice(char (&target)[kChoiceBytes], Value value, const char* words) {
  for (const char* word = words; *word;) {
    const char* end = word;
    while (*end && *end != ' ') ++end;
    const auto length = static_cast<size_t>(end - word);
    if (length == value.length && length < kChoiceBytes && memcmp(word, value.text, length) == 0) {
      memcpy(target, word, length);
      target[length] = 0;
      return nullptr;
    }
    word = *end ? end + 1 : end;
  }
  return "is none of its words (help=1 prints them); the default stays";
}

// Null, or what is wrong with the value.
const char* set_option(Options& target, const char* key, size_t key_length, Value value) {
  auto is = [&](const char* name) { return strlen(name) == key_length && memcmp(name, key, key_length) == 0; };
#define LOCKWRAP_FLAG(name, standard, help) \
  if (is(#name)) return set_flag(target.name, value);
#define LOCKWRAP_NUMBER(name, standard, least, most, help) \
  if (is(#name)) return set_number(target.name, value, least, most);
#define LOCKWRAP_CHOICE(name, standard, words, help) \
  if (is(#name)) return set_choice(target.name, value, words);
#define LOCKWRAP_TEXT(name, standard, help) \
  if (is(#name)) return set_text(target.name, value);
#include "runtime/options.def"
#undef LOCKWRAP_FLAG
#undef LOCKWRAP_NUMBER
#undef LOCKWRAP_CHOICE
#undef LOCKWRAP_TEXT
  return "is no option of this version (help=1 prints them); it is ignored";
}

bool separates(char character) {
  return character == ':' || character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

}  // namespace

int parse_options(Options& target, const char* text, const char* source) {
  int complaints = 0;
  while (*text) {
    if (separates(*text)) {
      ++text;
      continue;
    }
    const char* key = text;
    while (*text && *text != '=' && !separates(*text)) ++text;
    const size_t key_length = static_cast<size_t>(text - key);
    if (*text != '=') {
      complaints += complain(source, key, key_length, "has no '=value'; it is ignored");
      continue;
    }
    ++text;
    Value value{text, 0};
    if (*text == '\'' || *text == '"') {
      const char* end = strchr(text + 1, *text);
      if (!end) {
        complaints += complain(source, key, key_length, "has an opening quote and no closing one; the rest is ignored");
        break;
      }
      value = {text + 1, static_cast<size_t>(end - text - 1)};
      text = end + 1;
      if (*text && !separates(*text)) {
        complaints += complain(source, key, key_length, "has text after its closing quote; it is ignored");
        while (*text && !separates(*text)) ++text;
        continue;
      }
    } else {
      while (*text && !separates(*text)) ++text;
      value.length = static_cast<size_t>(text - value.text);
    }
    if (const char* problem = set_option(target, key, key_length, value)) {
      complaints += complain(source, key, key_length, problem);
    }
  }
  if (*target.dump_signal && !signal_number(target.dump_signal)) {
    complaints += complain(source, "dump_signal", strlen("dump_signal"),
                           "names no signal that can be used (try USR1, USR2, or a number); no signal is installed");
    *target.dump_signal = 0;
  }
  return complaints;
}

void print_options(const Options& source) {
  TextOf<4096> text;
  text.add("lockwrap " LOCKWRAP_VERSION ": LOCKWRAP_OPTIONS=\"key=value:key=value\"\n");
#define LOCKWRAP_FLAG(name, standard, help) \
  text.add("  " #name "=").add_number(source.name).add("  (0 or 1) ").add(help).add("\n");
#define LOCKWRAP_NUMBER(name, standard, least, most, help) \
  text.add("  " #name "=").add_number(source.name).add("  (" #least " to " #most ") ").add(help).add("\n");
#define LOCKWRAP_CHOICE(name, standard, words, help) \
  text.add("  " #name "=").add(source.name).add("  (" words ") ").add(help).add("\n");
#define LOCKWRAP_TEXT(name, standard, help) text.add("  " #name "=").add(source.name).add("  ").add(help).add("\n");
#include "runtime/options.def"
#undef LOCKWRAP_FLAG
#undef LOCKWRAP_NUMBER
#undef LOCKWRAP_CHOICE
#undef LOCKWRAP_TEXT
  print_to_stderr(text);
}

int signal_number(const char* name) {
  struct Signal {
    const char* name;
    int number;
  };
  // Signals that a program may give away. Those that report its own crashes, and those that cannot be caught, are left out.
  constexpr Signal kSignals[] = {{"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT},     {"USR1", SIGUSR1},
                                 {"USR2", SIGUSR2}, {"ALRM", SIGALRM}, {"TERM", SIGTERM},     {"URG", SIGURG},
                                 {"PROF", SIGPROF}, {"IO", SIGIO},     {"VTALRM", SIGVTALRM}, {"WINCH", SIGWINCH},
                                 {"PWR", SIGPWR}};
  if (begins_with(name, "SIG")) name += 3;
  uint64_t number = 0;
  const bool numeric = parse_number({name, strlen(name)}, number);
  for (const Signal& signal : kSignals) {
    if (same_text(name, signal.name) || (numeric && number == static_cast<uint64_t>(signal.number))) {
      return signal.number;
    }
  }
  // Real-time signals by number; the first few belong to libc.
  if (numeric && number >= static_cast<uint64_t>(SIGRTMIN) && number <= static_cast<uint64_t>(SIGRTMAX)) {
    return static_cast<int>(number);
  }
  return 0;
}

}  // namespace lockwrap::base
