import Machine

/// A second, in the unit of the machines.
let second: Int64 = 1_000_000_000

/// A moment `seconds` after an arbitrary start of both clocks; they are far apart, so that no test can mix them up.
func at(_ seconds: Int64) -> Moment {
    Moment(monotonic: 7_000 * second + seconds * second, wall: 1_500_000_000 * second + seconds * second)
}
