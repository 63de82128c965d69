/// The name that is nearest to a misspelt one; the first of those that are equally near, nil only if there is none.
func nearestName(to text: String, among names: [String]) -> String? {
    // No name is as long as that: what follows does not make another one nearer.
    let sought = Array(text.lowercased().utf8.prefix(64))
    var best: (name: String, distance: Int)?
    for name in names {
        let distance = editDistance(sought, Array(name.utf8))
        if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
    }
    return best?.name
}

/// How many bytes must be put in, taken out, replaced or exchanged with their neighbour to make one out of the other:
/// the optimal string alignment distance.
func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    // Three rows of the usual table: of two bytes ago, of the last byte, and of this one.
    var before: [Int] = []
    var last = Array(0...other.count)
    for (row, byte) in one.enumerated() {
        var current = [row + 1]
        for (column, otherByte) in other.enumerated() {
            var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (byte == otherByte ? 0 : 1))
            if row > 0, column > 0, byte == other[column - 1], one[row - 1] == otherByte {
                cost = min(cost, before[column - 1] + 1)
            }
            current.append(cost)
        }
        (before, last) = (last, current)
    }
    return last[other.count]
}
