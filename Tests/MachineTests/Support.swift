import Machine

/// A second, in the unit of the machines.
let second: Int64 = 1_000_000_000

/// A moment `seconds` after an arbitrary start of both clocks; they are far apart, so that no test can mix them up.
func at(_ seconds: Int64) -> Moment {
    Moment(monotonic: 7_000 * second + seconds * second, wall: 1_500_000_000 * second + seconds * second)
}

/// Random numbers that are the same in every run: SplitMix64 (Steele, Lea and Flood, 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
