/// The order in which people expect names: `web2` before `web10`.
package enum NaturalOrder {
    /// True when `first` stands before `second`: numbers in them are compared as numbers, all else byte by byte. Names
    /// that differ only in leading zeros are compared as bytes.
    package static func isBefore(_ first: String, _ second: String) -> Bool {
        var (left, right) = (Array(first.utf8)[...], Array(second.utf8)[...])
        // Ends: each turn takes a byte at least of both.
        while let one = left.first, let other = right.first {
            if isDigit(one) && isDigit(other) {
                let (number, otherNumber) = (takeNumber(&left), takeNumber(&right))
                if number.count != otherNumber.count { return number.count < otherNumber.count }
                if number != otherNumber { return number.lexicographicallyPrecedes(otherNumber) }
            } else {
                if one != other { return one < other }
                left.removeFirst()
                right.removeFirst()
            }
        }
        if left.isEmpty != right.isEmpty { return left.isEmpty }
        return first.utf8.lexicographicallyPrecedes(second.utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

    /// The digits at the beginning, without leading zeros.
    private static func takeNumber(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix(while: isDigit)
        rest = rest.dropFirst(digits.count)
        return digits.drop { $0 == 0x30 }
    }
}
