// quickstart: the smallest program worth looking at. Two customers look up prices while the main thread reloads the
// price list. It contains no word about lockwrap: it is linked with it, and that is all.
//
// What the report will show: one lock, price_list_mutex. Nearly all the waiting happens in look_up_price(), and
// nearly all of it is the fault of another function, reload_price_list(), which a profile of the waiters alone would
// never name.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <thread>

using PriceList = std::map<std::string, long>;

static std::mutex price_list_mutex;
static PriceList price_list;
constexpr long kArticles = 50000;

static std::string article_name(long number) { return "article-" + std::to_string(number); }

static PriceList read_price_file(long version) {
  PriceList prices;
  for (long number = 0; number < kArticles; ++number) {
    prices[article_name(number)] = number + version;
  }
  return prices;
}

// The mistake: the file is read while the lock is held. Reading first and only swapping under the lock would cure it.
static void reload_price_list(long version) {
  std::lock_guard lock(price_list_mutex);
  price_list = read_price_file(version);
}

static long look_up_price(const std::string &article) {
  std::lock_guard lock(price_list_mutex);
  const auto entry = price_list.find(article);
  return entry == price_list.end() ? 0 : entry->second;
}

static void shop(const std::atomic<bool> &closing, long &baskets) {
  while (!closing) {
    const long price = look_up_price(article_name(baskets * 977 % kArticles));
    std::string receipt;
    for (long pieces = 1; pieces <= 1000; ++pieces) {
      receipt += std::to_string(pieces) + " cost " + std::to_string(pieces * price) + "\n";
    }
    baskets += receipt.empty() ? 0 : 1;
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
}

int main() {
  long first_baskets = 0;
  long second_baskets = 0;
  std::atomic<bool> closing = false;
  std::thread first_customer([&] { shop(closing, first_baskets); });
  std::thread second_customer([&] { shop(closing, second_baskets); });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (long version = 1; std::chrono::steady_clock::now() < end; ++version) {
    reload_price_list(version);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  closing = true;
  first_customer.join();
  second_customer.join();
  std::printf("quickstart: %ld baskets sold\n", first_baskets + second_baskets);
}
