# Part of ./mykey: what it needs of the shell, and say, fail, quietly, stand there.
# shellcheck shell=bash disable=SC2154

# The preparation software with its runtime for Debian (deb) and Windows (zip); for macOS without one, and unsigned.
package() {
  local site=http://mykey.localhost:5080 address="" version out=$artifacts/packages stage=$artifacts/package-stage rid
  while (($#)); do
    case $1 in
      --site) [[ ${2:-} =~ ^https?://[a-z0-9.:-]+$ ]] || fail 2 "--site https://mykey.example"; site=$2; shift 2 ;;
      *) help >&2; exit 2 ;;
    esac
  done
  need_sdk
  command -v dpkg-deb >/dev/null || fail 3 "dpkg-deb がありません / dpkg-deb is missing: apt install dpkg"
  command -v zip >/dev/null || fail 3 "zip がありません / zip is missing: apt install zip"
  # A name below localhost does not resolve everywhere.
  if [[ $site =~ ^http://[a-z.]*localhost:([0-9]+)$ ]]; then address=", \"Address\": \"127.0.0.1:${BASH_REMATCH[1]}\""; fi
  version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$root/src/CardAgent/CardAgent.csproj")
  SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 1513263600)
  export SOURCE_DATE_EPOCH
  rm -rf "$out" "$stage" && mkdir -p "$out" "$stage"
  for rid in linux-x64 win-x64 macos; do
    say "準備しています / Building for $rid…"
    local options=(-c Release -o "$stage/$rid" -v q -nologo --artifacts-path "$artifacts/package-build/$rid" "-p:LockFilesIn=$artifacts/package-build/$rid" -p:RestoreLockedMode=false -p:Deterministic=true)
    if [[ $rid == macos ]]; then options+=(-p:UseAppHost=false); else options+=(-r "$rid" --self-contained); fi
    quietly dotnet publish "$root/src/CardAgent" "${options[@]}"
    printf '{ "Agent": { "Sites": [ { "Origin": "%s"%s } ] } }\n' "$site" "$address" >"$stage/$rid/appsettings.json"
    find "$stage/$rid" -name '*.pdb' -delete
    if [[ $rid == macos ]]; then find "$stage/macos/runtimes" -mindepth 1 -maxdepth 1 ! -name 'osx*' ! -name 'unix*' -exec rm -r {} +; fi
  done
  debian "$stage" "$version"
  dpkg-deb --build --root-owner-group "$stage/deb" "$out/mykey-card-agent_${version}_amd64.deb" >/dev/null
  for rid in win-x64 macos; do
    find "$stage/$rid" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$stage/$rid" && find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X "$out/mykey-card-agent-$version-$rid.zip" -@)
  done
  (cd "$out" && sha256sum -- *.deb *.zip >SHA256SUMS && cat SHA256SUMS)
}

debian() {  # stage version
  local deb=$1/deb
  mkdir -p "$deb/DEBIAN" "$deb/opt" "$deb/usr/bin" "$deb/etc/xdg/autostart" "$deb/etc/mykey"
  cp -r "$1/linux-x64" "$deb/opt/mykey-card-agent"
  mv "$deb/opt/mykey-card-agent/appsettings.json" "$deb/etc/mykey/card-agent.json"
  ln -s /etc/mykey/card-agent.json "$deb/opt/mykey-card-agent/appsettings.json"
  ln -s /opt/mykey-card-agent/MyKey.CardAgent "$deb/usr/bin/mykey-card-agent"
  cat >"$deb/DEBIAN/control" <<TEXT
Package: mykey-card-agent
Version: $2
Architecture: amd64
Maintainer: MyKey <mykey@localhost>
Section: utils
Priority: optional
Depends: libpcsclite1, pcscd, libc6, libstdc++6
Description: preparation software of MyKey
 Reads a My Number Card on this machine's reader and asks for its PIN on a page of its own.
TEXT
  echo /etc/mykey/card-agent.json >"$deb/DEBIAN/conffiles"
  cat >"$deb/etc/xdg/autostart/mykey-card-agent.desktop" <<TEXT
[Desktop Entry]
Type=Application
Name=MyKey card agent
Name[ja]=マイキー準備ソフト
Exec=/usr/bin/mykey-card-agent
NoDisplay=true
TEXT
  chmod -R u=rwX,go=rX "$deb"
  find "$deb" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}
