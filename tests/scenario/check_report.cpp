// check_report REPORT.json OUTPUT STATEMENT...: does a report say what a scenario expects? OUTPUT holds the lines key=value
// that the program printed. Statements:
//   lock=TEXT             from here on the row whose lock's name holds TEXT; there must be exactly one
//   LEFT>=RIGHT  LEFT<=RIGHT  LEFT==RIGHT  LEFT~RIGHT/P     the last: equal within P per cent of RIGHT
// LEFT is a term, RIGHT a term or term*FACTOR. Terms: a number; measured.KEY; locks (rows); rows:TEXT (rows whose name holds
// TEXT); dropped.KEY; dropped (all together); a number of the row such as wait_ns; waits_in:FUNCTION, held_by:FUNCTION,
// pair:WAITER/HOLDER: per cent of the row's wait_ns, of the functions whose names hold the text; blamed:FUNCTION: the same of
// its blamed_ns, which leaves out the time in which the woken threads had not run yet; hold:FUNCTION/KEY: of the holds of the one function
// among the holders whose name holds the text, count, mean_ns, p99_ns, max_ns or blocked_share.
// CHECK_REPORT_SLACK: so many points a share may be off, and so many per cent more what is equal within some: of an emulator's programs,
// whose threads wait for the emulator, too.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace {

using Json = nlohmann::json;

struct State {
  Json report;
  std::map<std::string, double> measured;
  const Json* row = nullptr;
};

bool holds(const Json& text, const std::string& part) { return text.get<std::string>().find(part) != std::string::npos; }

const Json& row_of(const State& state) {
  if (!state.row) throw std::runtime_error("a term of a row before any lock=");
  return *state.row;
}

double share_of_places(const State& state, const char* list, const std::string& function, const char* whole = "wait_ns") {
  const Json& row = row_of(state);
  double sum_ns = 0;
  for (const Json& place : row.at(list)) {
    if (holds(place.at("function"), function)) sum_ns += place.at("wait_ns").get<double>();
  }
  return 100 * sum_ns / row.at(whole).get<double>();
}

double share_of_pairs(const State& state, const std::string& names) {
  const Json& row = row_of(state);
  const size_t slash = names.find('/');
  if (slash == std::string::npos) throw std::runtime_error("pair: needs WAITER/HOLDER");
  double sum_ns = 0;
  for (const Json& pair : row.at("pairs")) {
    if (holds(pair.at("waits_at").at("function"), names.substr(0, slash)) &&
        holds(pair.at("blocked_by").at("function"), names.substr(slash + 1))) {
      sum_ns += pair.at("wait_ns").get<double>();
    }
  }
  return 100 * sum_ns / row.at("wait_ns").get<double>();
}

double hold_time(const State& state, const std::string& names) {
  const size_t slash = names.find('/');
  if (slash == std::string::npos) throw std::runtime_error("hold: needs FUNCTION/KEY");
  const Json* found = nullptr;
  for (const Json& place : row_of(state).at("held_by")) {
    if (!holds(place.at("function"), names.substr(0, slash))) continue;
    if (found) throw std::runtime_error("several holders have this name");
    found = &place;
  }
  if (!found) throw std::runtime_error("no holder has this name");
  return found->at("holds").at(names.substr(slash + 1)).get<double>();
}

double rows_named(const State& state, const std::string& part) {
  double count = 0;
  for (const Json& row : state.report.at("locks")) count += holds(row.at("lock"), part);
  return count;
}

double dropped(const State& state) {
  double sum = 0;
  for (const auto& [key, count] : state.report.at("dropped").items()) sum += count.get<double>();
  return sum;
}

double value_of(const State& state, const std::string& term) {
  const auto after = [&](const char* prefix) { return term.substr(std::string(prefix).size()); };
  const auto begins = [&](const char* prefix) { return term.rfind(prefix, 0) == 0; };
  if (begins("measured.")) return state.measured.at(after("measured."));
  if (begins("dropped.")) return state.report.at("dropped").at(after("dropped.")).get<double>();
  if (begins("rows:")) return rows_named(state, after("rows:"));
  if (begins("waits_in:")) return share_of_places(state, "waits_in", after("waits_in:"));
  if (begins("blamed:")) return share_of_places(state, "held_by", after("blamed:"), "blamed_ns");
  if (begins("held_by:")) return share_of_places(state, "held_by", after("held_by:"));
  if (begins("hold:")) return hold_time(state, after("hold:"));
  if (begins("pair:")) return share_of_pairs(state, after("pair:"));
  if (term == "dropped") return dropped(state);
  if (term == "locks") return static_cast<double>(state.report.at("locks").size());
  if (term == "pid") return state.report.at("pid").get<double>();
  if (!term.empty() && term.find_first_not_of("0123456789.") == std::string::npos) return std::stod(term);
  return row_of(state).at(term).get<double>();
}

void select_row(State& state, const std::string& part) {
  state.row = nullptr;
  for (const Json& row : state.report.at("locks")) {
    if (!holds(row.at("lock"), part)) continue;
    if (state.row) throw std::runtime_error("several locks have this name");
    state.row = &row;
  }
  if (!state.row) throw std::runtime_error("no lock has this name");
}

bool compare(const State& state, const std::string& statement) {
  const size_t at = statement.find_first_of("<>=~");
  if (at == std::string::npos || at == 0) throw std::runtime_error("no comparison");
  const char operation = statement[at];
  if (operation != '~' && statement[at + 1] != '=') throw std::runtime_error("use >= <= == ~");
  std::string right_term = statement.substr(at + (operation == '~' ? 1 : 2));
  double factor = 1;
  double percent = 0;
  const size_t mark = right_term.find(operation == '~' ? '/' : '*');
  if (mark != std::string::npos) {
    (operation == '~' ? percent : factor) = std::stod(right_term.substr(mark + 1));
    right_term.resize(mark);
  }
  const double left = value_of(state, statement.substr(0, at));
  const double right = value_of(state, right_term) * factor;
  std::printf("%s: %.6g and %.6g\n", statement.c_str(), left, right);
  const char* slack_text = std::getenv("CHECK_REPORT_SLACK");
  const double slack = slack_text ? std::atof(slack_text) : 0;
  const double points = statement.find(':') < at ? slack : 0;  // shares are the terms that name a function
  switch (operation) {
    case '>': return left + points >= right;
    case '<': return left <= right + points;
    case '=': return left == right;
    default: return std::fabs(left - right) <= right * (percent + slack) / 100;
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return std::fprintf(stderr, "usage: check_report REPORT.json OUTPUT STATEMENT...\n"), 2;
  State state;
  int failures = 0;
  try {
    state.report = Json::parse(std::ifstream(words[1]));
    std::ifstream output(words[2]);
    for (std::string line; std::getline(output, line);) {
      const size_t equals = line.find('=');
      if (equals != std::string::npos) state.measured[line.substr(0, equals)] = std::atof(line.c_str() + equals + 1);
    }
  } catch (const std::exception& error) {
    return std::printf("failed: %s\n", error.what()), 1;
  }
  for (int i = 3; i < count; ++i) {
    const std::string statement = words[i];
    try {
      if (statement.rfind("lock=", 0) == 0) select_row(state, statement.substr(5));
      else if (!compare(state, statement)) throw std::runtime_error("is not so");
    } catch (const std::exception& error) {
      std::printf("failed: %s: %s\n", statement.c_str(), error.what());
      ++failures;
    }
  }
  if (failures) std::printf("%s\n", state.report.dump(2).c_str());
  return failures ? 1 : 0;
}
