// The command as a function. Each subcommand has a file command_NAME.cpp that adds itself to the parser.
#pragma once

namespace CLI {
class App;
}

namespace lockwrap::cli {

// What main does: parses, runs, prints errors on stderr. Returns kExitFine, kExitFindings or kExitError.
int run_command_line(int argument_count, const char *const *arguments);

// Each declares its options on `app` and what to do with them. The work may throw CommandError.
void add_completion_command(CLI::App &app);
void add_export_command(CLI::App &app);
void add_flags_command(CLI::App &app);
void add_flame_command(CLI::App &app);
void add_graph_command(CLI::App &app);
void add_html_command(CLI::App &app);
void add_manual_command(CLI::App &app);
void add_merge_command(CLI::App &app);
void add_symbolize_command(CLI::App &app);
void add_top_command(CLI::App &app);
// These set `exit_status` when they have run.
void add_check_command(CLI::App &app, int &exit_status);
void add_diff_command(CLI::App &app, int &exit_status);
void add_report_command(CLI::App &app, int &exit_status);

}  // namespace lockwrap::cli
