// What a family told of itself and the child, as a registration and last season's table both name
// it: what a verified parent goes on with and may correct.
#pragma once

#include <array>

namespace verification {

inline constexpr std::array kFamily{"player_dob",
                                    "player_gender",
                                    "player_has_any_medical_issues",
                                    "description_of_player_medical_issues",
                                    "parent_first_name",
                                    "parent_last_name",
                                    "parent_relationship_to_player",
                                    "parent_telephone",
                                    "parent_email",
                                    "parent_dob",
                                    "parent_post_code",
                                    "parent_house_number",
                                    "parent_full_address",
                                    "parent_address_line_1",
                                    "parent_town",
                                    "parent_city",
                                    "player_post_code",
                                    "player_house_number",
                                    "player_full_address",
                                    "player_address_line_1",
                                    "player_town",
                                    "player_city",
                                    "player_telephone",
                                    "player_email"};

// What only a registration of this season has, and is gone on with too.
inline constexpr std::array kRegistered{"previous_team_name",
                                        "communication_consent",
                                        "consent_text_version",
                                        "consent_given_at",
                                        "registration_type",
                                        "registration_code",
                                        "billing_request_id",
                                        "preferred_payment_day",
                                        "signing_on_fee_amount",
                                        "monthly_subscription_amount",
                                        "kit_size",
                                        "shirt_number",
                                        "id_image_link"};

}  // namespace verification
