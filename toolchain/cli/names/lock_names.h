// The name under which a report shows a lock.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "names/lock_places.h"
#include "profile/lock_profile.h"
#include "names/symbolizer.h"

namespace lockwrap::cli {

// By lock id. In this order: the name that the program gave; the variable that the lock lies in ("name", or "name+0x18"
// inside a larger one); the name that `symbolize` left in the profile; "KIND created in FUNCTION file:line"; "KIND
// first used in FUNCTION file:line"; "KIND@0xADDRESS". Locks of one class on the heap get the same name, as do locks to
// which the program gave the same one; two variables never do: those with equal names are told apart by their file.
// `symbolizer` may be null.
std::map<uint64_t, std::string> name_locks(const LockProfile &profile, LockPlaces &places, Symbolizer *symbolizer);

// The name by which a lock is known again in a profile of another build: "mutex created in f() a.cpp:12" without the line, or an edit above it
// would make another lock of it.
std::string lock_identity(const std::string &name);

// The samples' label of the lock says nothing but its address: KIND@0xADDRESS, as the runtime writes it; or it has none.
bool is_default_label(const LockRecord &lock);

}  // namespace lockwrap::cli
