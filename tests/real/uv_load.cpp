// libuv with OpenSSL: a loop hands digests to libuv's pool of workers, and other threads wake the loop meanwhile. A job is some 400 bytes,
// and BYTES more.
#include <openssl/evp.h>
#include <uv.h>

#include <atomic>

#include "load.h"

namespace {

struct Job {
  uv_work_t request;
  unsigned number;
  std::string text;
  unsigned char digest[32];
};

std::string file;  // of which every job works on all
unsigned wanted;
unsigned begun;
unsigned done;
uint64_t sum;
std::atomic<unsigned> told;
uv_async_t wake;

void compute(uv_work_t* request) {
  Job& job = *static_cast<Job*>(request->data);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  REQUIRE(context && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  REQUIRE(EVP_DigestUpdate(context, job.text.data(), job.text.size()) == 1);
  REQUIRE(EVP_DigestUpdate(context, file.data(), file.size()) == 1);
  unsigned size = sizeof job.digest;
  REQUIRE(EVP_DigestFinal_ex(context, job.digest, &size) == 1 && size == sizeof job.digest);
  EVP_MD_CTX_free(context);
}

void begin_next(uv_loop_t* loop);

void finish(uv_work_t* request, int status) {
  REQUIRE(status == 0);
  Job* job = static_cast<Job*>(request->data);
  sum += hash_of({reinterpret_cast<const char*>(job->digest), sizeof job->digest}) + job->number;
  uv_loop_t* loop = request->loop;
  delete job;
  ++done;
  begin_next(loop);
  if (done == wanted && told == kThreads) uv_close(reinterpret_cast<uv_handle_t*>(&wake), nullptr);
}

void begin_next(uv_loop_t* loop) {
  if (begun == wanted) return;
  Job* job = new Job{{}, begun++, {}, {}};
  job->request.data = job;
  for (unsigned i = 0; i < 100; ++i) job->text += std::to_string(job->number * 37 + i);
  REQUIRE(uv_queue_work(loop, &job->request, compute, finish) == 0);
}

void woken(uv_async_t* handle) {
  if (done == wanted && told == kThreads && !uv_is_closing(reinterpret_cast<uv_handle_t*>(handle))) {
    uv_close(reinterpret_cast<uv_handle_t*>(handle), nullptr);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  wanted = size_of_load(argument_count, arguments);
  file.assign(bytes_of_job(argument_count, arguments), 'x');
  uv_loop_t loop;
  REQUIRE(uv_loop_init(&loop) == 0 && uv_async_init(&loop, &wake, woken) == 0);
  for (unsigned i = 0; i < 64; ++i) begin_next(&loop);
  std::thread tellers([] {
    on_threads([](unsigned) {
      for (int i = 0; i < 500; ++i) REQUIRE(uv_async_send(&wake) == 0);
      ++told;  // the last act: the handle may be closed now
    });
  });
  uv_timer_t guard;  // looks again: the last word may have come before the last digest, or after it
  REQUIRE(uv_timer_init(&loop, &guard) == 0);
  REQUIRE(uv_timer_start(&guard, [](uv_timer_t* timer) {
    woken(&wake);
    if (uv_is_closing(reinterpret_cast<uv_handle_t*>(&wake))) uv_close(reinterpret_cast<uv_handle_t*>(timer), nullptr);
  }, 1, 1) == 0);
  REQUIRE(uv_run(&loop, UV_RUN_DEFAULT) == 0);
  tellers.join();
  REQUIRE(uv_loop_close(&loop) == 0);
  printf("%u digests, sum %016llx\n", done, static_cast<unsigned long long>(sum));
}
