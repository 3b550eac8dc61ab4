#include "http/bundle.hpp"

#include <map>

#include "core/text.hpp"
#include "http/bundle_files.hpp"

namespace dugout::http {
namespace {

constexpr std::string_view kAssets = "/assets/";

template <typename Range>
std::string_view packed_text(const Range& range) {
  return {range.from, static_cast<std::size_t>(range.to - range.from)};
}

const std::map<std::string_view, BundledFile>& bundle() {
  static const auto files = [] {
    std::map<std::string_view, BundledFile> all;
    for (const auto& file : kPackedFiles) {
      all[file.path] = {file.type, packed_text(file.plain), packed_text(file.gzip), file.tag};
    }
    return all;
  }();
  return files;
}

std::string asset_path(std::string_view name) {
  return std::string(kAssets) + std::string(name);
}

}  // namespace

const BundledFile* bundled(std::string_view path) {
  const auto at = bundle().find(path);
  return at == bundle().end() ? nullptr : &at->second;
}

bool takes_gzip(std::string_view accepted) {
  for (const auto& part : core::split(accepted, ',')) {
    const auto semicolon = part.find(';');
    const auto coding = core::lower(core::trim(part.substr(0, semicolon)));
    if (coding != "gzip" && coding != "x-gzip") continue;
    if (semicolon == part.npos) return true;
    const auto weight = core::lower(core::trim(part.substr(semicolon + 1)));
    // "q=0", "q=0.0": not at all.
    return weight.find_first_of("123456789") != weight.npos;
  }
  return false;
}

bool names_tag(std::string_view list, std::string_view etag) {
  for (const auto& part : core::split(list, ',')) {
    auto tag = core::trim(part);
    if (tag.substr(0, 2) == "W/") tag = tag.substr(2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

void serve_bundled(std::string_view path, Exchange& exchange) {
  const auto& file = *bundled(path);
  const auto& request = exchange.request();
  const bool named_by_content = path.substr(0, kAssets.size()) == kAssets;
  exchange.header("Cache-Control",
                  named_by_content ? "public, max-age=31536000, immutable" : "no-cache");
  exchange.header("ETag", std::string(file.etag));
  exchange.header("Vary", "Accept-Encoding");
  if (names_tag(request.get("If-None-Match", ""), file.etag)) {
    exchange.nothing(304);
    return;
  }
  const bool packed = !file.gzip.empty() && takes_gzip(request.get("Accept-Encoding", ""));
  if (packed) exchange.header("Content-Encoding", "gzip");
  exchange.text(200, file.type, packed ? file.gzip : file.bytes);
}

bool is_asset(Service& /*service*/, const PathParts& parts) {
  return bundled(asset_path(parts.find("name")->second)) != nullptr;
}

void serve_asset(Service& /*service*/, Exchange& exchange) {
  serve_bundled(asset_path(exchange.part("name")), exchange);
}

}  // namespace dugout::http
