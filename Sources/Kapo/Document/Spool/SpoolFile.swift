import Machine

/// The contents of a file of the spool, which hacheck reads and writes too:
/// `{"reason": "x", "expiration": null, "creation": 1435694078.778886}`.
package enum SpoolFile {
    /// What a file says. One that is no object of JSON is a reason, as older versions wrote it; a member that is
    /// missing or has another type says nothing. Whatever it is: as long as there is a file, something is down.
    package static func downtime(_ bytes: [UInt8]) -> Downtime {
        guard let object = FlatJSON(bytes) else { return Downtime(reason: String(decoding: bytes, as: UTF8.self)) }
        return Downtime(
            reason: object.text("reason") ?? "", expiration: object.number("expiration"),
            creation: object.number("creation"))
    }

    /// The contents that say so: ASCII, as Python's `json.dumps` writes it.
    package static func bytes(_ downtime: Downtime) -> [UInt8] {
        PythonJSON.bytes(
            .object([
                ("reason", .string(downtime.reason)), ("expiration", JSON(downtime.expiration)),
                ("creation", JSON(downtime.creation)),
            ]))
    }
}
