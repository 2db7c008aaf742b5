// One unit of the large program: several hundred classes and functions of its own, most of them templates of the standard library, as services
// are made of them. `large` compiles it a few times (VARIANT) and links each object again and again. All is without a linkage that others see,
// so that each copy of an object stays a unit with its own code; only the entry is renamed.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

template <int kNumber>
struct Account {
  int id = kNumber;
  std::string owner;
  std::vector<int> history;
  bool operator<(const Account &other) const { return id < other.id || (id == other.id && owner < other.owner); }
};

template <int kNumber>
class Ledger {
 public:
  void add(const std::string &owner, int amount) {
    Account<kNumber> account;
    account.owner = owner;
    account.history.push_back(amount);
    accounts_[owner] = account;
    const auto at = std::lower_bound(ordered_.begin(), ordered_.end(), account);
    ordered_.insert(at, account);
    sums_.emplace(amount, account);
    on_change_.push_back([this, amount](Account<kNumber> &changed) { changed.history.push_back(amount + static_cast<int>(sums_.size())); });
  }

  int settle(int limit) {
    int sum = 0;
    std::sort(ordered_.begin(), ordered_.end(), [](const auto &left, const auto &right) { return right < left; });
    for (auto &account : ordered_) {
      for (const auto &change : on_change_) change(account);
      sum += std::count_if(account.history.begin(), account.history.end(), [limit](int amount) { return amount > limit; });
    }
    for (const auto &[amount, account] : sums_) sum += amount + static_cast<int>(account->history.size() * 0 + account->id);
    return sum;
  }

 private:
  std::unordered_map<std::string, Account<kNumber>> accounts_;
  std::vector<Account<kNumber>> ordered_;
  struct Shared : std::shared_ptr<Account<kNumber>> {
    Shared(const Account<kNumber> &account) : std::shared_ptr<Account<kNumber>>(std::make_shared<Account<kNumber>>(account)) {}
  };
  std::multimap<int, Shared> sums_;
  std::vector<std::function<void(Account<kNumber> &)>> on_change_;
};

template <int kNumber>
int run_ledger(int argument) {
  Ledger<kNumber> ledger;
  for (int index = 0; index < argument; ++index) ledger.add(std::to_string(index * kNumber), index);
  return ledger.settle(argument / 2);
}

template <int... kNumbers>
int run_all(int argument, std::integer_sequence<int, kNumbers...>) {
  return (run_ledger<kNumbers + VARIANT>(argument) + ...);
}

}  // namespace

extern "C" int unit_entry(int argument) { return run_all(argument, std::make_integer_sequence<int, LEDGERS>()); }
