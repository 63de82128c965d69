/// An entry of the mapping `kapo:`, which is an option of the command line without its dashes.
package struct RunOption: Equatable, Sendable {
    /// Such as `start-limit`.
    package var name: String
    /// As they were written: one of a scalar, as many as there are of a list.
    package var values: [String]
    /// True for a plain `true` or `false`, as a switch has it; the word is the one value.
    package var isBool: Bool
    /// Where the name stands.
    package var place: YAMLPlace
    /// Where the value begins.
    package var valuePlace: YAMLPlace

    /// Two are equal if they say the same, wherever they stand.
    package static func == (one: RunOption, other: RunOption) -> Bool {
        (one.name, one.values, one.isBool) == (other.name, other.values, other.isBool)
    }
}
