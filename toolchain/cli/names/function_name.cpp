// Names are cut by counting brackets, with "operator<", "operator()" and the like stepped over as a whole.
#include "names/function_name.h"

#include <cxxabi.h>

#include <cstdlib>
#include <string_view>

namespace lockwrap::cli {
namespace {

constexpr std::string_view kOperator = "operator";

// If an operator's name begins at `position`, the position behind it; else `position`.
size_t skip_operator(std::string_view name, size_t position) {
  if (name.substr(position, kOperator.size()) != kOperator) return position;
  if (position > 0 && (isalnum(static_cast<unsigned char>(name[position - 1])) || name[position - 1] == '_')) {
    return position;
  }
  size_t end = position + kOperator.size();
  if (name.substr(end, 2) == "()") return end + 2;
  while (end < name.size() && std::string_view("<>=!+-*/%^&|~,[]").find(name[end]) != std::string_view::npos) ++end;
  if (name.substr(end, 2) == " <") ++end;  // "operator< <int>"
  return end;
}

bool is_conversion(std::string_view name, size_t space) {
  return space >= kOperator.size() && name.substr(space - kOperator.size(), kOperator.size()) == kOperator;
}

// "(anonymous namespace)" and "{lambda(int)#1}" are parts of a name: only a round bracket that no other bracket holds
// and that does not open "(anonymous" begins the parameters.
struct NameParts {
  size_t begin = 0;
  size_t end = std::string_view::npos;
  bool has_parameters = false;
};

NameParts parts_of(std::string_view name) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  NameParts parts;
  int depth = 0;
  for (size_t at = 0; at < name.size(); ++at) {
    if (depth == 0) {
      const size_t behind = skip_operator(name, at);
      if (behind != at) {
        at = behind - 1;
        continue;
      }
    }
    const char character = name[at];
    if (depth == 0 && name.substr(at, kAnonymous.size()) == kAnonymous) {
      at += kAnonymous.size() - 1;
    } else if (depth == 0 && character == '(') {
      parts.end = at;
      parts.has_parameters = true;
      // "f(int)::{lambda()#1}::operator()() const": what follows the parameters is still the name.
      int open = 0;
      size_t close = at;
      for (; close < name.size(); ++close) {
        if (name[close] == '(') ++open;
        if (name[close] == ')' && --open == 0) break;
      }
      const size_t scope = name.find("::", close);
      const std::string_view between = close < name.size() && scope != std::string_view::npos
                                           ? name.substr(close + 1, scope - close - 1)
                                           : std::string_view("none");
      if (!between.empty() && between != " const") return parts;
      at = scope + 1;
    } else if (character == '<' || character == '{' || character == '[' || character == '(') {
      ++depth;
    } else if (character == '>' || character == '}' || character == ']' || character == ')') {
      if (depth > 0) --depth;
    } else if (character == ' ' && depth == 0 && !is_conversion(name, at) && name.substr(at, 2) != " [") {
      parts.begin = at + 1;  // a return type ends here
    }
  }
  if (!parts.has_parameters) parts.end = name.size();
  return parts;
}

void erase_all(std::string &text, std::string_view part) {
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos;) text.erase(at, part.size());
}

}  // namespace

std::string demangle(const std::string &symbol) {
  if (symbol.rfind("_Z", 0) != 0) return symbol;
  int status = 0;
  char *name = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  const std::string demangled = status == 0 && name != nullptr ? name : symbol;
  free(name);
  return demangled;
}

std::string short_function_name(const std::string &name) {
  const std::string whole = name.substr(0, name.find(" [clone "));
  const NameParts parts = parts_of(whole);
  if (!parts.has_parameters) return whole;
  std::string text = whole.substr(parts.begin, parts.end - parts.begin) + "()";
  erase_all(text, "[abi:cxx11]");  // says nothing to a reader
  return text;
}

std::string fitted_function_name(const std::string &name, size_t columns) {
  std::string fitted = short_function_name(name);
  if (fitted.size() > columns) erase_all(fitted, "(anonymous namespace)::");
  if (fitted.size() <= columns) return fitted;
  std::string folded;
  int depth = 0;
  for (size_t at = 0; at < fitted.size(); ++at) {
    const size_t behind = depth == 0 ? skip_operator(fitted, at) : at;
    if (behind != at) {
      folded.append(fitted, at, behind - at);
      at = behind - 1;
      continue;
    }
    if (fitted[at] == '<' && depth++ == 0) folded += "<...>";
    if (depth == 0) folded += fitted[at];
    if (fitted[at] == '>' && depth > 0) --depth;
  }
  if (folded.size() > columns) folded = folded.substr(0, columns - 3) + "...";
  return folded;
}

}  // namespace lockwrap::cli
