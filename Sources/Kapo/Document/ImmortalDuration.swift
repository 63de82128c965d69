/// How long something has lasted, as immortal writes it: `7.9s`, `1h5.0s`, `1d2h3m4.5s`.
enum ImmortalDuration {
    private static let tenth: Int64 = 100_000_000

    /// The text for that many nanoseconds, rounded to a tenth of a second, half of one upwards. Days, hours and minutes
    /// are there if they are above 0. Less than nothing is `0.0s`.
    static func text(nanoseconds: Int64) -> String {
        let whole = max(0, nanoseconds)
        let tenths = whole / tenth + (whole % tenth >= tenth / 2 ? 1 : 0)
        let units: [(letter: String, tenths: Int64)] = [("d", 864_000), ("h", 36_000), ("m", 600)]
        var (rest, text) = (tenths, "")
        for unit in units where rest >= unit.tenths {
            text += "\(rest / unit.tenths)\(unit.letter)"
            rest %= unit.tenths
        }
        return "\(text)\(rest / 10).\(rest % 10)s"
    }
}
