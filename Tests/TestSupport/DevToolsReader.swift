import Foundation

/// Splits the browser's output into messages, on its own thread.
struct DevToolsReader: Sendable {
    private let handle: FileHandle
    private let receive: @Sendable (DevToolsMessage?) -> Void

    /// - Parameter receive: called with each message, and with nil at the end
    init(_ handle: FileHandle, receive: @escaping @Sendable (DevToolsMessage?) -> Void) {
        self.handle = handle
        self.receive = receive
    }

    func start() {
        Thread.detachNewThread { read() }
    }

    private func read() {
        var buffer = Data()
        while true {
            let piece = handle.availableData
            if piece.isEmpty { return receive(nil) }
            buffer.append(piece)
            while let end = buffer.firstIndex(of: 0) {
                if let message = try? JSONDecoder().decode(DevToolsMessage.self, from: buffer[buffer.startIndex..<end]) { receive(message) }
                buffer.removeSubrange(buffer.startIndex...end)
            }
        }
    }
}
