/// Where a value comes from when no option says it: `KAPO_…` variables, and before them what a file says.
package struct Environment: Sendable {
    private let value: @Sendable (String) -> String?
    private let source: @Sendable (String) -> String
    /// The values of a name that may have several; nil to read them from its one value.
    private var list: @Sendable (String) -> [String]? = { _ in nil }

    /// An environment that looks names up with `value`; nil means that the variable is not set. `source` says for
    /// people where the value of a name comes from.
    package init(
        _ value: @escaping @Sendable (String) -> String?,
        source: @escaping @Sendable (String) -> String = { "The variable \($0)" }
    ) {
        self.value = value
        self.source = source
    }

    /// This environment, but for what the options of a run.yml say.
    package func overlaid(by options: [RunOption], of file: String) -> Environment {
        let said = Dictionary(options.map { ($0.variable, $0) }) { $1 }
        let (value, source) = (value, source)
        var overlaid = Environment(
            { said[$0].map { $0.values.joined(separator: " ") } ?? value($0) },
            source: { name in said[name].map { "\(file):\($0.valuePlace): \($0.name)" } ?? source(name) })
        overlaid.list = { said[$0]?.values }
        return overlaid
    }

    /// The values of the variable `name`, one on each line, or those of a list in a file; none when it is not set.
    package func readLines<Value: Setting>(_ name: String, as type: Value.Type) throws(SettingError) -> [Value] {
        let texts = list(name) ?? value(name)?.split(whereSeparator: \.isNewline).map(String.init) ?? []
        var values: [Value] = []
        for text in texts where !text.isEmpty {
            do {
                values.append(try Value(text: text))
            } catch {
                throw SettingError("\(source(name)): \(error)")
            }
        }
        return values
    }

    /// The value of the variable `name`, or nil when it is not set. An empty variable counts as one that is not set.
    package func read<Value: Setting>(_ name: String, as type: Value.Type) throws(SettingError) -> Value? {
        guard let text = value(name), !text.isEmpty else { return nil }
        do {
            return try Value(text: text)
        } catch {
            throw SettingError("\(source(name)): \(error)")
        }
    }
}

extension RunOption {
    /// The variable that says the same: `KAPO_START_LIMIT` for `start-limit`.
    fileprivate var variable: String { "KAPO_\(name.uppercased().replacing("-", with: "_"))" }
}
