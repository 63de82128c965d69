/// The version of Kapo.
package enum Version {
    /// As `kapo --version` prints it.
    package static let text = "0.1.0"
}
