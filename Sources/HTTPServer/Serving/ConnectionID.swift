/// Identifies a connection to tasks. The serial number distinguishes connections that reuse a descriptor.
struct ConnectionID: Hashable, Sendable {
    let descriptor: Int32
    /// Counted from 1; 0 for listeners.
    let serial: UInt32

    init(descriptor: Int32, serial: UInt32) {
        self.descriptor = descriptor
        self.serial = serial
    }

    init(token: UInt64) {
        descriptor = Int32(truncatingIfNeeded: token)
        serial = UInt32(truncatingIfNeeded: token >> 32)
    }

    var token: UInt64 { UInt64(serial) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
}
