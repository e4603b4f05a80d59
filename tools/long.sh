# Part of ./mykey: what takes long. root, artifacts, say, fail, quietly, publish stand there.
# shellcheck shell=bash disable=SC2154

# One run of the simulator, under the runner of the tests: what it found, or the failure with the seed.
simulate() {  # seed days
  MYKEY_SIM_SEED=$1 MYKEY_SIM_DAYS=$2 dotnet "$root/tests/Tests/bin/Release/net10.0/MyKey.Tests.dll" -noColor -noLogo -showLiveOutput \
    -namespace MyKey.Tests.Simulation | sed -n -e 's/^.*\[OUTPUT\] //p' -e '/\[FAIL\]/,$p'
}

sim() {
  local seed days=30
  seed=$(date +%s)
  while (($#)); do
    case $1 in
      --seed) [[ ${2:-} =~ ^[0-9]{1,9}$|^[12][0-9]{9}$ ]] || fail 2 "--seed 20171215"; seed=$2; shift 2 ;;
      --days) [[ ${2:-} =~ ^[0-9]{1,4}$ ]] || fail 2 "--days 30"; days=$2; shift 2 ;;
      *) help >&2; exit 2 ;;
    esac
  done
  need_sdk
  install_needs
  quietly dotnet build "$root/tests/Tests" -c Release -v q -nologo
  simulate "$seed" "$days"
}

fuzz() {
  local minutes=10 seed
  seed=$(date +%s)
  while (($#)); do
    case $1 in
      --minutes) [[ ${2:-} =~ ^[0-9]{1,3}$ ]] || fail 2 "--minutes 10"; minutes=$2; shift 2 ;;
      --seed) [[ ${2:-} =~ ^[0-9]{1,9}$|^[12][0-9]{9}$ ]] || fail 2 "--seed 20171215"; seed=$2; shift 2 ;;
      *) help >&2; exit 2 ;;
    esac
  done
  need_sdk
  install_needs
  quietly dotnet build "$root/tests/Tests" -c Release -v q -nologo
  MYKEY_FUZZ_SEED=$seed MYKEY_FUZZ_SECONDS=$((60 * minutes)) dotnet "$root/tests/Tests/bin/Release/net10.0/MyKey.Tests.dll" -noColor -noLogo -showLiveOutput \
    -namespace MyKey.Tests.Fuzz | sed -n -e 's/^.*\[OUTPUT\] //p' -e '/\[FAIL\]/,$p'
}

nightly() {
  local accounts=1000000 seed
  if [[ ${1:-} == --accounts && ${2:-} =~ ^[0-9]+$ ]]; then accounts=$2; shift 2; fi
  if (($#)); then help >&2; exit 2; fi
  need_sdk
  install_needs
  say "== simulation"
  quietly dotnet build "$root/tests/Tests" -c Release -v q -nologo
  for seed in 1 2 3; do simulate "$seed" 30; done
  simulate "$(date +%Y%m%d)" 365
  say "== claims"
  MYKEY_CLAIMS=10000 dotnet "$root/tests/Tests/bin/Release/net10.0/MyKey.Tests.dll" -noColor -noLogo -showLiveOutput -method "MyKey.Tests.App.Claims.ClaimsTests.S1_S3_S1_43_*" |
    sed -n -e 's/^.*\[OUTPUT\] //p' -e '/\[FAIL\]/,$p'
  publish Load tools/Load
  say "== growth"
  dotnet "$artifacts/programs/Load/MyKey.Load.dll" --level ledger --accounts 50000 --seconds 60
  say "== works"
  for work in coupons grants expiry move tickets login log; do dotnet "$artifacts/programs/Load/MyKey.Load.dll" --work "$work"; done
  say "== load"
  dotnet "$artifacts/programs/Load/MyKey.Load.dll" --baseline --accounts "$accounts"
}
