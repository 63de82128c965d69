/// Where a value comes from when no option says it: `KAPO_…` variables.
package struct Environment: Sendable {
    private let value: @Sendable (String) -> String?

    /// An environment that looks names up with `value`; nil means that the variable is not set.
    package init(_ value: @escaping @Sendable (String) -> String?) {
        self.value = value
    }

    /// The value of the variable `name`, or nil when it is not set. An empty variable counts as one that is not set.
    package func read<Value: Setting>(_ name: String, as type: Value.Type) throws(SettingError) -> Value? {
        guard let text = value(name), !text.isEmpty else { return nil }
        do {
            return try Value(text: text)
        } catch {
            throw SettingError("The variable \(name): \(error)")
        }
    }
}
