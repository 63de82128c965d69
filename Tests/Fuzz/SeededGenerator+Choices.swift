import Chance

extension SeededGenerator {
    /// True that often in a hundred.
    mutating func percent(_ chance: Int) -> Bool { number(0..<100) < chance }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of the choices, which must not be empty.
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[number(0..<choices.count)] }

    /// One of the choices, each as likely as its weight says.
    mutating func pick<Choice>(_ choices: [(weight: Int, choice: Choice)]) -> Choice {
        var left = number(0..<choices.reduce(0) { $0 + $1.weight })
        for (weight, choice) in choices {
            if left < weight { return choice }
            left -= weight
        }
        preconditionFailure("the weights do not add up")
    }
}
