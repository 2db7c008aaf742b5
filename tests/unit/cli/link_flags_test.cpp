// What `lockwrap flags` prints for a list of options as it is installed.
#include "link_flags.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "run_command.h"

using namespace lockwrap;

namespace {

struct Installation {
  test::TemporaryFolder folder;
  std::string libraries = folder / "lib";

  explicit Installation(const std::string &list) {
    std::filesystem::create_directories(libraries + "/lockwrap");
    std::ofstream(libraries + "/lockwrap/wrap.rsp") << list;
    std::ofstream(libraries + "/lockwrap/liblockwrap.a") << "!<arch>\n";
  }
};

constexpr char kList[] = "-pthread\n-Wl,--eh-frame-hdr\n-Wl,--wrap=sem_wait\n-Wl,-u,sem_wait\n";

}  // namespace

TEST_CASE("flags for the compiler, for the linker, as specs and as JSON say the same") {
  const Installation installed(kList);
  const cli::LinkFlags flags = cli::read_link_flags(installed.libraries);
  const std::string archive = installed.libraries + "/lockwrap/liblockwrap.a";
  CHECK(cli::driver_line(flags) == archive + " -pthread -Wl,--eh-frame-hdr -Wl,--wrap=sem_wait -Wl,-u,sem_wait\n");
  CHECK(cli::linker_line(flags) == archive + " --eh-frame-hdr --wrap=sem_wait -u sem_wait\n");
  CHECK(cli::gcc_specs(flags).find("%{!shared:%{!r:" + archive + " --eh-frame-hdr --wrap=sem_wait -u sem_wait -lpthread}}") != std::string::npos);
  const std::string json = cli::flags_json(flags);
  CHECK(json.find("\"archive\": \"" + archive + "\"") != std::string::npos);
  CHECK(json.find("\"wrapped\": [\n    \"sem_wait\"\n  ]") != std::string::npos);
}

TEST_CASE("a list of flags that is not lockwrap's is refused") {
  for (const char *list : {"", "-pthread\n", "-Wl,--wrap=sem_wait\nrm -rf\n", "-Wl,--wrap=sem_wait\n-Wl,a b\n"}) {
    CAPTURE(list);
    const Installation installed(list);
    CHECK_THROWS_AS(cli::read_link_flags(installed.libraries), cli::CommandError);
  }
  const Installation installed(kList);
  std::filesystem::remove(installed.libraries + "/lockwrap/liblockwrap.a");
  CHECK_THROWS_AS(cli::read_link_flags(installed.libraries), cli::CommandError);
}

// It was a file with which nothing linked.
TEST_CASE("a folder whose name a specs file cannot have is refused there") {
  Installation installed(kList);
  for (const char *name : {"of mine", "100%", "{a}"}) {
    CAPTURE(name);
    const std::string libraries = installed.folder / name;
    std::filesystem::rename(installed.libraries, libraries);
    installed.libraries = libraries;
    const cli::LinkFlags flags = cli::read_link_flags(libraries);
    CHECK_THROWS_AS(cli::gcc_specs(flags), cli::CommandError);
    CHECK(cli::flags_json(flags).find(libraries) != std::string::npos);
  }
}

TEST_CASE("flags are asked for in one form, and of an installation") {
  const test::CommandResult two_forms = test::run_lockwrap("flags --cc --ld");
  CHECK(two_forms.exit_status == 2);
  CHECK(two_forms.errors.find(" excludes ") != std::string::npos);
  const test::CommandResult nowhere = test::run_lockwrap("flags --prefix /nothing/here");
  CHECK(nowhere.exit_status == 2);
  CHECK(nowhere.output == "");
  CHECK(nowhere.errors.find("/nothing/here/lib/lockwrap/wrap.rsp: cannot be read; install lockwrap again") != std::string::npos);
}
