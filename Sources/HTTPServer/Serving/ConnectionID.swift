/// Names a connection to tasks. A number is not used again when its descriptor is.
struct ConnectionID: Hashable, Sendable {
    let descriptor: Int32
    /// From 1 on.
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
