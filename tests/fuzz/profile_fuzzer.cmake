# The readers of profiles and of findings in logs, and what works with them, under clang's libFuzzer; longer by tests/fuzz/run.
include("${CMAKE_CURRENT_LIST_DIR}/../skipped_test.cmake")
if(NOT TARGET lockwrap_command)
  message(STATUS "tests/fuzz needs the lockwrap command (LOCKWRAP_BUILD_COMMAND); left out")
  return()
endif()
find_program(LOCKWRAP_CLANGXX clang++)
mark_as_advanced(LOCKWRAP_CLANGXX)

# lockwrap_add_fuzzer(NAME CLI_SOURCE...): NAME.cpp and these files of toolchain/cli, compiled by clang whatever the project's compiler is.
function(lockwrap_add_fuzzer name)
  set(flags -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined "-I${PROJECT_SOURCE_DIR}/toolchain/cli"
            "-DLOCKWRAP_VERSION=\"${PROJECT_VERSION}\""
            -idirafter "${LOCKWRAP_PROTOZERO_INCLUDE_DIR}") # behind the compiler's own: it is /usr/include
  list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/toolchain/cli/")
  set(objects "")
  foreach(source IN ITEMS "${CMAKE_CURRENT_SOURCE_DIR}/${name}.cpp" ${ARGN})
    cmake_path(GET source STEM stem)
    set(object "${CMAKE_CURRENT_BINARY_DIR}/${name}.${stem}.o")
    add_custom_command(OUTPUT "${object}"
      COMMAND "${LOCKWRAP_CLANGXX}" ${flags} -MD -MF "${object}.d" -c "${source}" -o "${object}"
      DEPENDS "${source}" DEPFILE "${object}.d" COMMENT "Compiling ${stem} for ${name}" VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  add_custom_command(OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}"
    COMMAND "${LOCKWRAP_CLANGXX}" -fsanitize=fuzzer,address,undefined ${objects} -ldw -lelf -lz -o "${CMAKE_CURRENT_BINARY_DIR}/${name}"
    DEPENDS ${objects} VERBATIM)
  add_custom_target(fuzz_${name} ALL DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/${name}")
endfunction()

set(sentence "fuzz.no bytes given as a profile break report, export, diff or merge")
set(findings_sentence "fuzz.no bytes given as a log break graph or symbolize")
if(LOCKWRAP_CLANGXX)
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/no_fuzzer.cpp" "extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char *, unsigned long) { return 0; }\n")
  execute_process(
    COMMAND "${LOCKWRAP_CLANGXX}" -fsanitize=fuzzer,address,undefined "${CMAKE_CURRENT_BINARY_DIR}/no_fuzzer.cpp" -o "${CMAKE_CURRENT_BINARY_DIR}/no_fuzzer"
    RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
endif()
if(NOT LOCKWRAP_CLANGXX OR NOT result EQUAL 0)
  skipped_test("${sentence}" "clang has no libFuzzer here (Debian: clang libclang-rt-14-dev)")
  skipped_test("${findings_sentence}" "clang has no libFuzzer here (Debian: clang libclang-rt-14-dev)")
  return()
endif()
lockwrap_add_fuzzer(profile_fuzzer
  base/background_sink.cpp base/duration_text.cpp base/long_work.cpp base/output_file.cpp base/text_table.cpp export/export_csv.cpp export/export_folded.cpp export/export_pprof.cpp
  export/export_prometheus.cpp merge/merged_code.cpp merge/profile_merge.cpp names/binary_identity.cpp names/cache_folder.cpp
  names/dwarf_frames.cpp names/dwarf_scopes.cpp names/dwarf_units.cpp names/elf_binary.cpp names/elf_symbols.cpp names/frame_source.cpp
  names/function_name.cpp names/lock_names.cpp names/lock_places.cpp names/lock_plumbing.cpp names/missing_names.cpp names/named_profile.cpp names/profile_binary.cpp
  names/stack_names.cpp names/thread_start.cpp
  names/symbol_cache.cpp names/symbolize_profile.cpp names/symbolizer.cpp profile/comment_line.cpp profile/gzip_file.cpp profile/hold_times.cpp
  profile/lock_profile.cpp profile/profile_check.cpp profile/profile_reader.cpp profile/profile_writer.cpp profile/sample_list.cpp
  report/diff_text.cpp report/fail_condition.cpp report/folded_stacks.cpp report/shown_stack.cpp report/stack_change.cpp report/lock_pattern.cpp report/lock_report.cpp report/lock_stacks.cpp report/lock_table.cpp report/profile_diff.cpp
  report/report_sentence.cpp report/report_text.cpp)
find_package(ZLIB REQUIRED)
add_executable(fuzz_profile_seeds profile_seeds.cpp ../unit/cli/synthetic_profile.cpp)
target_compile_features(fuzz_profile_seeds PRIVATE cxx_std_20)
target_include_directories(fuzz_profile_seeds SYSTEM PRIVATE "${LOCKWRAP_PROTOZERO_INCLUDE_DIR}")
target_link_libraries(fuzz_profile_seeds PRIVATE ZLIB::ZLIB)
add_test(NAME "${sentence}"
         COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/profile_fuzzer.sh" "${CMAKE_CURRENT_BINARY_DIR}/profile_fuzzer" 20 $<TARGET_FILE:tools_static>
                 $<TARGET_FILE:fuzz_profile_seeds>)
set_tests_properties("${sentence}" PROPERTIES TIMEOUT 200 ENVIRONMENT "LOCKWRAP_COMMAND=$<TARGET_FILE:lockwrap_command>")

lockwrap_add_fuzzer(findings_fuzzer
  base/background_sink.cpp base/duration_text.cpp base/long_work.cpp base/output_file.cpp base/text_table.cpp names/binary_identity.cpp names/cache_folder.cpp names/dwarf_frames.cpp
  names/dwarf_scopes.cpp names/dwarf_units.cpp names/elf_binary.cpp names/elf_symbols.cpp names/finding_lines.cpp names/frame_source.cpp
  names/function_name.cpp names/lock_places.cpp names/lock_plumbing.cpp names/profile_binary.cpp names/symbol_cache.cpp
  names/symbolize_findings.cpp names/symbolizer.cpp pictures/finding_graph.cpp pictures/finding_json.cpp pictures/finding_reader.cpp
  profile/gzip_file.cpp profile/profile_check.cpp profile/profile_reader.cpp profile/profile_writer.cpp profile/sample_list.cpp)
# The same bytes each time, so that a failure is one of the change that is tested.
add_test(NAME "${findings_sentence}"
         COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/findings_fuzzer.sh" "${CMAKE_CURRENT_BINARY_DIR}/findings_fuzzer" -runs=8000 -seed=1)
set_tests_properties("${findings_sentence}" PROPERTIES TIMEOUT 200)
