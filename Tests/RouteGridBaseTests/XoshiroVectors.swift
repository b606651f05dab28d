/// First outputs of xoshiro256** seeded with the words of SHA-256("abc").
enum XoshiroVectors {
    static let outputs: [UInt64] = [
        0x3c33_8b3b_ce00_14bb,
        0x9de6_930a_394c_fa9c,
        0x2940_7208_d0af_411f,
        0x2c66_4497_c631_40b7,
    ]
}
