#include "session_table.h"

#include <lockwrap/lockwrap.h>

SessionTable::SessionTable() { lockwrap_name_lock(mutex_.native_handle(), "session table"); }

void SessionTable::log_in(const std::string &token, size_t account) {
  std::lock_guard lock(mutex_);
  sessions_[token] = Session{account, 0};
}

std::optional<size_t> SessionTable::authenticate(const std::string &token) {
  std::lock_guard lock(mutex_);
  const auto entry = sessions_.find(token);
  if (entry == sessions_.end()) {
    return std::nullopt;
  }
  ++entry->second.requests;
  return entry->second.account;
}
