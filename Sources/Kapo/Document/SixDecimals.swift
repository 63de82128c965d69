/// Numbers as printf(3) writes them with `%f`, and Python with it: six decimals, rounded from the exact value, halves
/// to the even digit.
package enum SixDecimals {
    /// `1435694078.778886`, `-0.000001`, `inf`, `nan`.
    package static func text(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        let sign = number.sign == .minus ? "-" : ""
        if number.isInfinite { return sign + "inf" }
        return sign + digits(of: number.magnitude)
    }

    private static func digits(of number: Double) -> String {
        // The number is significand * 2^exponent, both whole.
        let exponent = number.isZero ? 0 : Int(number.exponent) - Double.significandBitCount
        // Below half a millionth, as a significand has 53 bits.
        if exponent < -100 { return "0.000000" }
        let significand = UInt128(number / Double(sign: .plus, exponent: exponent, significand: 1))
        if exponent >= 0 { return decimal(significand, doubled: exponent) + ".000000" }
        let (millionths, shift) = (significand * 1_000_000, UInt128(-exponent))
        let (whole, rest, half) = (millionths >> shift, millionths & (1 << shift - 1), UInt128(1) << (shift - 1))
        let rounded = rest > half || rest == half && whole & 1 == 1 ? whole + 1 : whole
        let decimals = String(rounded % 1_000_000)
        return "\(rounded / 1_000_000).\(String(repeating: "0", count: 6 - decimals.count))\(decimals)"
    }

    /// The decimal digits of a number, multiplied by 2 so many times.
    private static func decimal(_ number: UInt128, doubled times: Int) -> String {
        // Nine digits in each, the last ones first.
        let base: UInt64 = 1_000_000_000
        var (parts, rest) = ([UInt64(number % UInt128(base)), UInt64(number / UInt128(base))], times)
        // Ends: at 971 for the largest number.
        while rest > 0 {
            // What is carried is below the base.
            let step = min(rest, 29)
            rest -= step
            var carry: UInt64 = 0
            for index in parts.indices {
                let grown = parts[index] << UInt64(step) + carry
                parts[index] = grown % base
                carry = grown / base
            }
            if carry > 0 { parts.append(carry) }
        }
        let digits = parts.reversed().map { String(String(base + $0).dropFirst()) }.joined().drop { $0 == "0" }
        return digits.isEmpty ? "0" : String(digits)
    }
}
