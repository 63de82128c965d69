/// Where in its interval a check is made: as a fraction of it, counted from the beginning of the monotonic clock.
package struct CheckPlace: Equatable, Sendable {
    /// In units of 2^-64.
    private let fraction: UInt64

    fileprivate init(fraction: UInt64) {
        self.fraction = fraction
    }

    /// The first such time at or after that one, in nanoseconds.
    func next(from soonest: Int64, interval: Int64) -> Int64 {
        let offset = Int64(fraction.multipliedFullWidth(by: UInt64(interval)).high)
        let wait = offset - soonest % interval
        let (time, overflow) = soonest.addingReportingOverflow(wait < 0 ? wait + interval : wait)
        return overflow ? .max : time
    }
}

/// Places for checks: those of one Kapo are spread evenly over the interval, however many there are and whenever they
/// are added, and those of many Kapos are not made at once. The steps are the golden ratio's: the gaps between the
/// first n places never have more than three lengths (the three-gap theorem, Sós 1958).
package struct CheckPlaces: Sendable {
    private var fraction: UInt64

    /// Places that begin at a random one.
    package init(random: UInt64) {
        fraction = random
    }

    /// One more.
    package mutating func next() -> CheckPlace {
        fraction &+= 0x9E37_79B9_7F4A_7C15
        return CheckPlace(fraction: fraction)
    }
}
