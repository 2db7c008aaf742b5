// profile_seeds FOLDER: small profiles, in which a changed byte is likely to matter, as seeds: plain, with names, of two kinds of samples.
#include <string>

#include "../unit/cli/synthetic_profile.h"

using namespace lockwrap::test;

int main(int, char **arguments) {
  const std::string folder = arguments[1];
  const std::string lock = "lockwrap lock id=1 kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=1 wait_ns=9 max_wait_ns=9 blamed_ns=5 histogram=3:1";
  write_file(folder + "/empty", SyntheticProfile().bytes());
  SyntheticProfile plain("lockwrap process version=1 pid=1 image=0x500-0x9000 program=a");
  plain.mapping(0x1000, 0x8000, 0, "a", "bb").comment(lock).sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000}, 1, 9});
  write_file(folder + "/plain", plain.bytes());
  SyntheticProfile named;
  named.comment(lock + " name=x").comment("lockwrap dropped samples=1").frames(0x2000, {{"f()", "a.c", 1}, {"g()", "a.c", 2}}).frames(0x3000, {{"main", "", 0}});
  named.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000}, 1, 9, "x", 0x1000, "read"}).sample({"holder", 1, 0x3000, 0x2000, {0x3000}, 1, 5});
  write_file(folder + "/named", named.bytes());
}
