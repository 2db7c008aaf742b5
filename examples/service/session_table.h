// Who is logged in: session token to account. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

class SessionTable {
 public:
  SessionTable();

  void log_in(const std::string &token, size_t account);

  // The account of the session; nothing for an unknown token. Counts the request.
  std::optional<size_t> authenticate(const std::string &token);

 private:
  struct Session {
    size_t account = 0;
    uint64_t requests = 0;
  };

  std::mutex mutex_;
  std::unordered_map<std::string, Session> sessions_;
};
