import CLinux

/// Looking for bytes among bytes: memmem(3), whose time does not depend on what they are.
package enum ByteSearch {
    /// True when these bytes come one behind the other in those; no bytes always do.
    package static func contains(_ bytes: [UInt8], _ sought: [UInt8]) -> Bool {
        // Both arrays are read during the call.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe sought.withUnsafeBytes { sought in
                unsafe sought.isEmpty
                    || kapo_contains(bytes.baseAddress, bytes.count, sought.baseAddress, sought.count) != 0
            }
        }
    }
}
