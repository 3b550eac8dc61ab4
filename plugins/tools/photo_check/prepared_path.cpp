#include "prepared_path.hpp"

#include "text/fingerprint.hpp"

namespace picture {

std::string prepared_path(const std::string& upload, std::string_view owner,
                          std::string_view bytes) {
  const auto folder = upload.substr(0, upload.find_last_of('/') + 1);
  // The server sweeps what begins like this when it starts.
  // A short hash will do: nobody gains by making two of their own pictures look alike.
  return folder + "upload_" + text::fingerprint(owner) + text::fingerprint(bytes) + ".prepared.jpg";
}

}  // namespace picture
