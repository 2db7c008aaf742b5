# Prints the bench's results as a table, then the exact counts, then each target with what was measured.
# Input lines: time WORKLOAD VARIANT ROUND NS OPERATIONS | contended ROUND SHARE | instructions WORKLOAD VARIANT N | figure KEY N

function sort_values(count,    i, j, value) {
  for (i = 2; i <= count; ++i) {
    value = values[i]
    for (j = i - 1; j >= 1 && values[j] > value; --j) values[j + 1] = values[j]
    values[j + 1] = value
  }
}
# The quantile of values[1..count], which get sorted.
function quantile(count, part,    at, low) {
  sort_values(count)
  at = 1 + (count - 1) * part
  low = int(at)
  return low >= count ? values[count] : values[low] + (at - low) * (values[low + 1] - values[low])
}
# The time of the fastest tenth of the rounds: what disturbs a measurement only ever adds to it.
function fastest(workload, variant) { return time_at(workload, variant, 0.1) }
function time_at(workload, variant, part,    round) {
  for (round = 1; round <= rounds; ++round) values[round] = ns[workload, variant, round]
  return quantile(rounds, part)
}
# The quantile of a variant's ratio to another one, or of its difference, within each round.
function ratio(workload, variant, base, part,    round) {
  for (round = 1; round <= rounds; ++round) values[round] = ns[workload, variant, round] / ns[workload, base, round]
  return quantile(rounds, part)
}
function header(same_again,    v) {
  printf "%-22s|", ""
  for (v = 1; v <= variants; ++v) printf " %-19s |", title[v]
  print " same again /s"
  printf "%-22s|", ""
  for (v = 1; v <= variants; ++v) printf " " block, "ns", "/s", "/d"
  print " " same_again
}
function cell(time, to_static, to_dynamic) {
  printf " " block, sprintf("%.2f", time), sprintf("%.2f", to_static), sprintf("%.2f", to_dynamic)
}
function target(what, measured, format, limit, unit) {
  printf "  %-7s  %-62s " format " %s, at most " format "\n", measured <= limit ? "met" : "NOT MET", what, measured, unit, limit
}
function not_counted(what, tool) { printf "  %-7s  %-62s %s is not installed\n", "-", what, tool }

$1 == "time" { ns[$2, $3, $4] = $5; if ($4 > rounds) rounds = $4 }
$1 == "contended" { share[$2] = $3 }
$1 == "instructions" { instructions[$2, $3] = $4; counted = 1 }
$1 == "figure" { figure[$2] = $3 }

END {
  variants = split("plain_static plain_dynamic off on on_dynamic dlsym_hook", variant)
  split("plain static|plain dynamic|lockwrap off|lockwrap on|on, dynamic|dlsym hook, off", title, "|")
  workloads = split("pair pair_alone pair_quiet nested held_2 held_4 held_8 held_16 two_threads four_threads mix handoff", workload)
  split("free lock|free lock, one thread|was contended once|nested, depth 2|free lock, 2 held|free lock, 4 held|free lock, 8 held|" \
        "free lock, 16 held|2 threads, own locks|4 threads, 1 lock|mix|contended, scripted", label, "|")
  with_instructions = 8
  with_target = 4
  block = "%8s %5s %5s |"

  print "Nanoseconds of processor time per operation (4 threads: real time), ratio to plain static (/s) and to plain dynamic (/d)"
  print "\nThe fastest tenth of the rounds: by this the targets are judged"
  header("")
  for (w = 1; w <= workloads; ++w) {
    printf "%-22s|", label[w]
    static = fastest(workload[w], "plain_static")
    dynamic = fastest(workload[w], "plain_dynamic")
    for (v = 1; v <= variants; ++v) {
      time = fastest(workload[w], variant[v])
      cell(time, time / static, time / dynamic)
    }
    printf " %.2f\n", fastest(workload[w], "plain_static_again") / static
  }
  print "\nMedians; ratios within a round"
  header("median (quartiles)")
  for (w = 1; w <= workloads; ++w) {
    printf "%-22s|", label[w]
    for (v = 1; v <= variants; ++v) {
      cell(time_at(workload[w], variant[v], 0.5), ratio(workload[w], variant[v], "plain_static", 0.5),
           ratio(workload[w], variant[v], "plain_dynamic", 0.5))
    }
    printf " %.2f (%.2f-%.2f)\n", ratio(workload[w], "plain_static_again", "plain_static", 0.5),
           ratio(workload[w], "plain_static_again", "plain_static", 0.25),
           ratio(workload[w], "plain_static_again", "plain_static", 0.75)
  }

  print "\nInstructions per pair (callgrind, exact)"
  if (!counted) print "  valgrind is not installed: not counted"
  for (w = 1; w <= with_instructions && counted; ++w) {
    printf "%-22s|", label[w]
    for (v = 1; v <= variants; ++v) printf " %8s %12s|", instructions[workload[w], variant[v]], ""
    print ""
  }

  for (round = 1; round <= rounds; ++round) values[round] = share[round]
  waited = quantile(rounds, 0.5)
  added = fastest("four_threads", "on") - fastest("four_threads", "plain_static")
  thread_kib = int(0.5 + (figure["resident_wrapped_100"] - figure["resident_wrapped_0"] \
                - figure["resident_plain_100"] + figure["resident_plain_0"]) / 10) / 10
  print "\nFigures without a target of their own"
  printf "  4 threads, 1 lock: lockwrap on adds %.1f ns an operation; %.3f %% of the operations waited", added, waited * 100
  if (waited > 0) printf ", that is %.0f ns a waiting one", added / waited
  print ""
  if (counted) {
    printf "  contended, scripted: %d instructions in lock and unlock with lockwrap, %d without (no stack sampled)\n",
           figure["handoff_on"], figure["handoff_plain_static"]
  }
  printf "  a stripped static C program grows by %d bytes of code, with the libc functions that it did not have before\n",
         figure["code_wrapped"] - figure["code_plain"]

  print "\nTargets (lockwrap on, static)"
  for (w = 1; w <= with_target; ++w) {
    target(label[w] ": ratio to plain dynamic", fastest(workload[w], "on") / fastest(workload[w], "plain_dynamic"), "%.2f",
           w < with_target ? 1.05 : 1.25, "x")
  }
  for (w = 1; w <= with_target; ++w) {
    if (counted) target(label[w] ": instructions", instructions[workload[w], "on"], "%.1f", 100, "a pair")
    else not_counted(label[w] ": instructions", "valgrind")
  }
  target("contended, scripted: added", fastest("handoff", "on") - fastest("handoff", "plain_static"), "%.0f", 250,
         "ns an operation")
  if ("calls_on" in figure) {
    target(sprintf("contended, scripted: system calls added to %.2f", figure["calls_plain_static"]),
           figure["calls_on"] - figure["calls_plain_static"], "%.2f", 0, "an operation")
  } else {
    not_counted("contended, scripted: system calls added", "strace")
  }
  target(sprintf("memory a thread (record of %d bytes, 100 threads)", figure["record_bytes"]), thread_kib, "%.1f", 4, "KiB")
  target("memory at rest", figure["resident_wrapped_0"] - figure["resident_plain_0"], "%d", 4096, "KiB")
  target("code and constants of lockwrap itself", figure["code_object"] / 1024, "%.1f", 64, "KiB")
}
