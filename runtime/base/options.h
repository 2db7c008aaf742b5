// The run-time options: LOCKWRAP_OPTIONS="key=value:key=value", read once at start.
//
// A value may be quoted with ' or ". What is unknown or malformed is named in one line on stderr, and the default stays.
// Nothing is read when the program runs with more rights than its user (AT_SECURE).
// Runs: once at start.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::base {

constexpr size_t kOptionTextBytes = 512;
constexpr size_t kChoiceBytes = 16;

struct Options {
#define LOCKWRAP_FLAG(name, standard, help) bool name = standard;
#define LOCKWRAP_NUMBER(name, standard, least, most, help) uint64_t name = standard;
#define LOCKWRAP_CHOICE(name, standard, words, help) char name[kChoiceBytes] = standard;
#define LOCKWRAP_TEXT(name, standard, help) char name[kOptionTextBytes] = standard;
#include "runtime/options.def"
#undef LOCKWRAP_FLAG
#undef LOCKWRAP_NUMBER
#undef LOCKWRAP_CHOICE
#undef LOCKWRAP_TEXT
};

// The options in force. Written by parse_options, and once at start, where a limit of the address space makes memory_limit_mb smaller.
extern constinit Options options;

// Sets `options` from one text; `source` names it in messages ("LOCKWRAP_OPTIONS"). Returns the number of complaints,
// each a line on stderr. Keeps errno.
int parse_options(Options& target, const char* text, const char* source);

// Prints every option with its value, limits and meaning to stderr.
void print_options(const Options& source);

// The number of the signal called "USR2", "SIGUSR2" or "12"; 0 when there is no such signal, or it cannot be caught or
// belongs to crashes.
int signal_number(const char* name);

}  // namespace lockwrap::base
