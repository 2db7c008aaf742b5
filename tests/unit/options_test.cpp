// The option parser: what it takes, what it refuses, and that nothing hostile gets further than one line.
#include "runtime/base/options.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <memory>
#include <random>
#include <string>

#include "captured_stderr.h"

using lockwrap::base::Options;
using lockwrap::base::parse_options;
using lockwrap::base::signal_number;

namespace {

struct Parsed {
  std::unique_ptr<Options> options = std::make_unique<Options>();
  int complaints;
  std::string lines;

  explicit Parsed(const std::string& text) {
    CapturedStderr captured;
    complaints = parse_options(*options, text.c_str(), "TEXT");
    lines = captured.text();
  }
};

int count_lines(const std::string& text) {
  int count = 0;
  for (char c : text) count += c == '\n';
  return count;
}

// Each complaint is one line that says where it comes from and has printable characters only.
void check_lines(const Parsed& parsed) {
  CHECK(count_lines(parsed.lines) == parsed.complaints);
  CHECK((parsed.lines.empty() || parsed.lines.back() == '\n'));
  for (char c : parsed.lines) REQUIRE((c == '\n' || (c >= ' ' && c < 127)));
  size_t at = 0;
  for (int i = 0; i < parsed.complaints; ++i) {
    CHECK(parsed.lines.compare(at, 16, "lockwrap: TEXT: ") == 0);
    at = parsed.lines.find('\n', at) + 1;
  }
}

}  // namespace

TEST_CASE("options: a choice is one of its words, whole") {
  CHECK(std::string(Parsed("").options->on_misuse) == "report");
  for (const char* word : {"report", "abort", "off"}) {
    const Parsed parsed(std::string("on_misuse=") + word);
    CHECK(parsed.complaints == 0);
    CHECK(std::string(parsed.options->on_misuse) == word);
  }
  for (const char* word : {"", "of", "offf", "'report abort'", "ABORT", "repor"}) {
    CAPTURE(word);
    const Parsed parsed(std::string("on_misuse=") + word);
    CHECK(parsed.complaints >= 1);
    CHECK(parsed.lines.find("on_misuse") != std::string::npos);
    CHECK(std::string(parsed.options->on_misuse) == "report");
    check_lines(parsed);
  }
}

TEST_CASE("options: good ones are taken without a word") {
  const Parsed parsed("profile=0:sample_us=250:profile_path=/tmp/x.%p.pb.gz:report_at_exit=1:dump_signal=USR2");
  CHECK(parsed.complaints == 0);
  CHECK(parsed.lines.empty());
  CHECK_FALSE(parsed.options->profile);
  CHECK(parsed.options->sample_us == 250);
  CHECK(std::string(parsed.options->profile_path) == "/tmp/x.%p.pb.gz");
  CHECK(parsed.options->report_at_exit);
  CHECK(std::string(parsed.options->dump_signal) == "USR2");
  CHECK(parsed.options->active);  // not named: the default
}

TEST_CASE("options: nothing, blanks and stray colons are no mistakes") {
  for (const char* text : {"", ":", ":::", " ", " : \t:\n:\r", ":profile=1:", "profile=1 :\n sample_us=5"}) {
    CAPTURE(text);
    CHECK(Parsed(text).complaints == 0);
  }
}

TEST_CASE("options: the last of several wins") {
  const Parsed parsed("sample_us=5:sample_us=6:profile_path=a:sample_us=7:profile_path=b");
  CHECK(parsed.complaints == 0);
  CHECK(parsed.options->sample_us == 7);
  CHECK(std::string(parsed.options->profile_path) == "b");
}

TEST_CASE("options: a wrong value leaves an earlier one in force") {
  const Parsed parsed("sample_us=5:sample_us=soon");
  CHECK(parsed.complaints == 1);
  CHECK(parsed.options->sample_us == 5);
}

TEST_CASE("options: quoted values keep colons and blanks") {
  const Parsed parsed("profile_path='/tmp/a:b c.gz':log=\"it's\":sample_us='9'");
  CHECK(parsed.complaints == 0);
  CHECK(std::string(parsed.options->profile_path) == "/tmp/a:b c.gz");
  CHECK(std::string(parsed.options->log) == "it's");
  CHECK(parsed.options->sample_us == 9);
}

TEST_CASE("options: an unmatched quote is named and ends the reading") {
  const Parsed parsed("sample_us=5:profile_path='/tmp/x:sample_us=6");
  CHECK(parsed.complaints == 1);
  CHECK(parsed.options->sample_us == 5);
  CHECK(std::string(parsed.options->profile_path).empty());
  CHECK(parsed.lines.find("'profile_path'") != std::string::npos);
  check_lines(parsed);
}

TEST_CASE("options: text after a closing quote is named and the option ignored") {
  const Parsed parsed("profile_path='a'b:sample_us=6");
  CHECK(parsed.complaints == 1);
  CHECK(std::string(parsed.options->profile_path).empty());
  CHECK(parsed.options->sample_us == 6);
}

TEST_CASE("options: unknown ones are named and the others taken") {
  const Parsed parsed("colour=red:sample_us=6:Profile=0");
  CHECK(parsed.complaints == 2);
  CHECK(parsed.options->sample_us == 6);
  CHECK(parsed.options->profile);
  CHECK(parsed.lines.find("'colour'") != std::string::npos);
  CHECK(parsed.lines.find("'Profile'") != std::string::npos);
  check_lines(parsed);
}

TEST_CASE("options: a key without a value, and a value without a key") {
  CHECK(Parsed("profile").complaints == 1);
  CHECK(Parsed("profile:sample_us=3").options->sample_us == 3);
  CHECK(Parsed("=1").complaints == 1);
  CHECK(Parsed("=").complaints == 1);
  CHECK(Parsed("profile=").complaints == 1);
  CHECK(Parsed("sample_us=").complaints == 1);
  CHECK(Parsed("profile_path=").complaints == 0);  // an empty text is a text
}

TEST_CASE("options: numbers have limits and are whole") {
  for (const char* value : {"0", "1000000001", "-1", "+1", "1.5", "0x10", "1e3", " ", "99999999999999999999", "18446744073709551617", "1a"}) {
    CAPTURE(value);
    const Parsed parsed(std::string("sample_us=") + value);
    CHECK(parsed.complaints == 1);
    CHECK(parsed.options->sample_us == 100);
  }
  CHECK(Parsed("sample_us=1").options->sample_us == 1);
  CHECK(Parsed("sample_us=1000000000").options->sample_us == 1000000000);
  CHECK(Parsed("memory_limit_mb=4096").options->memory_limit_mb == 4096);
  CHECK(Parsed("memory_limit_mb=4097").options->memory_limit_mb == 16);
  CHECK(Parsed("memory_limit_mb=0").options->memory_limit_mb == 16);
}

TEST_CASE("options: flags are 0 or 1") {
  for (const char* value : {"2", "yes", "true", "00", "01", "-1", "", "''"}) {
    CAPTURE(value);
    const Parsed parsed(std::string("report_at_exit=") + value);
    CHECK(parsed.complaints == 1);
    CHECK_FALSE(parsed.options->report_at_exit);
  }
}

TEST_CASE("options: keys and values of ten kilobytes are refused in one short line") {
  const Parsed key(std::string(10'000, 'k') + "=1:sample_us=4");
  CHECK(key.complaints == 1);
  CHECK(key.options->sample_us == 4);
  CHECK(key.lines.size() < 300);
  const Parsed value("profile_path=" + std::string(10'000, 'v') + ":sample_us=4");
  CHECK(value.complaints == 1);
  CHECK(std::string(value.options->profile_path).empty());
  CHECK(value.options->sample_us == 4);
  CHECK(value.lines.size() < 300);
  CHECK(Parsed("profile_path=" + std::string(511, 'v')).complaints == 0);
  CHECK(Parsed("profile_path=" + std::string(512, 'v')).complaints == 1);
  check_lines(key);
  check_lines(value);
}

TEST_CASE("options: control characters are never passed on to a terminal") {
  const Parsed parsed("\x1b[31mred=1:\x7f\x80\xff=2:a\ab=3");
  CHECK(parsed.complaints == 3);
  check_lines(parsed);
}

TEST_CASE("options: an unusable dump signal is named and not kept") {
  for (const char* name : {"KILL", "STOP", "SEGV", "NONE", "9", "11", "0", "65", "-1", "SIG", "usr2", "32"}) {
    CAPTURE(name);
    const Parsed parsed(std::string("dump_signal=") + name);
    CHECK(parsed.complaints == 1);
    CHECK(std::string(parsed.options->dump_signal).empty());
  }
}

TEST_CASE("options: signals have names with and without SIG, and numbers") {
  CHECK(signal_number("USR2") == SIGUSR2);
  CHECK(signal_number("SIGUSR1") == SIGUSR1);
  CHECK(signal_number("12") == SIGUSR2);
  CHECK(signal_number("") == 0);
  CHECK(signal_number("SIGSIGUSR1") == 0);
  CHECK(signal_number(std::to_string(SIGRTMIN).c_str()) == SIGRTMIN);
  CHECK(signal_number(std::to_string(SIGRTMAX).c_str()) == SIGRTMAX);
}

TEST_CASE("options: random texts give complaints, never harm") {
  std::mt19937 random(20240229);
  const std::string pieces[] = {"=", ":", "'", "\"", "profile", "sample_us", "1", "%", " ", "\n", "log", "\\", "\xc3\xa4", "dump_signal", "USR1"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (size_t length = random() % 40; length > 0; --length) text += pieces[random() % std::size(pieces)];
    CAPTURE(text);
    const Parsed parsed(text);
    CHECK(parsed.options->sample_us >= 1);
    CHECK(count_lines(parsed.lines) == parsed.complaints);
  }
}
