# Tests that cannot be on this machine stay in CTest's list, so that their absence is seen. Read by the folders that have some.

# skipped_test(NAME REASON)
function(skipped_test name reason)
  add_test(NAME "${name}" COMMAND sh -c "echo \"skipped: $0\"; exit 77" "${reason}")
  set_tests_properties("${name}" PROPERTIES SKIP_RETURN_CODE 77)
endfunction()
