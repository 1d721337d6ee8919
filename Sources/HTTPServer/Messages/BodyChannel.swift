import Synchronization

/// Passes a request's body from the event loop to the single task that reads it, with bounded buffering and backpressure.
final class BodyChannel: Sendable {
    private struct State {
        var pieces: [[UInt8]] = []
        var nextPiece = 0
        var waitingBytes = 0
        var isFull = false
        var wasAsked = false
        var ending: Result<Void, RequestBodyError>?
        var reader: CheckedContinuation<[UInt8]?, any Error>?
    }

    /// The event loop stops reading at this many buffered bytes and resumes when a quarter of them is left.
    static let capacity = 64 * 1024

    private let state = Mutex(State())
    /// Called when the reader first asks for data, and when a full channel has room again.
    private let requestMore: @Sendable () -> Void

    init(requestMore: @escaping @Sendable () -> Void) {
        self.requestMore = requestMore
    }

    // MARK: The event loop's side

    /// Adds a piece. Returns whether the channel is now full.
    func push(_ piece: [UInt8]) -> Bool {
        let (reader, isFull) = state.withLock { state -> (CheckedContinuation<[UInt8]?, any Error>?, Bool) in
            guard state.ending == nil else { return (nil, false) }
            if let reader = state.reader {
                state.reader = nil
                return (reader, false)
            }
            Self.append(piece, to: &state)
            state.waitingBytes += piece.count
            state.isFull = state.waitingBytes >= Self.capacity
            return (nil, state.isFull)
        }
        reader?.resume(returning: piece)
        return isFull
    }

    /// Joins small pieces, so that a body sent byte by byte does not need an array per byte.
    private static func append(_ piece: [UInt8], to state: inout State) {
        let last = state.pieces.count - 1
        if last >= state.nextPiece, state.pieces[last].count + piece.count <= 16 * 1024 {
            state.pieces[last].append(contentsOf: piece)
        } else {
            state.pieces.append(piece)
        }
    }

    func finish() { end(.success(())) }

    func fail(_ error: RequestBodyError) { end(.failure(error)) }

    private func end(_ ending: Result<Void, RequestBodyError>) {
        let reader = state.withLock { state -> CheckedContinuation<[UInt8]?, any Error>? in
            guard state.ending == nil else { return nil }
            state.ending = ending
            defer { state.reader = nil }
            return state.reader
        }
        switch ending {
        case .success: reader?.resume(returning: nil)
        case .failure(let error): reader?.resume(throwing: error)
        }
    }

    // MARK: The reader's side

    /// The next piece, or nil at the end of the body.
    func next() async throws(RequestBodyError) -> [UInt8]? {
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { wait($0) }
            } onCancel: {
                fail(.cancelled)
            }
        } catch let error as RequestBodyError {
            throw error
        } catch {
            throw .cancelled
        }
    }

    private enum Step {
        case resume(Result<[UInt8]?, RequestBodyError>, wantsMore: Bool)
        case wait(wantsMore: Bool)
    }

    private func wait(_ reader: CheckedContinuation<[UInt8]?, any Error>) {
        let step = state.withLock { state in Self.step(&state, reader) }
        switch step {
        case .resume(let result, let wantsMore):
            reader.resume(with: result.mapError { $0 as any Error })
            if wantsMore { requestMore() }
        case .wait(let wantsMore):
            if wantsMore { requestMore() }
        }
    }

    private static func step(_ state: inout State, _ reader: CheckedContinuation<[UInt8]?, any Error>) -> Step {
        if state.nextPiece < state.pieces.count {
            let piece = takePiece(&state)
            let wantsMore = state.isFull && state.waitingBytes <= capacity / 4
            if wantsMore { state.isFull = false }
            return .resume(.success(piece), wantsMore: wantsMore)
        }
        switch state.ending {
        case .success: return .resume(.success(nil), wantsMore: false)
        case .failure(let error): return .resume(.failure(error), wantsMore: false)
        case nil: break
        }
        precondition(state.reader == nil, "a request's body has two concurrent readers")
        state.reader = reader
        let isFirst = !state.wasAsked
        state.wasAsked = true
        return .wait(wantsMore: isFirst)
    }

    private static func takePiece(_ state: inout State) -> [UInt8] {
        let piece = state.pieces[state.nextPiece]
        state.pieces[state.nextPiece] = []
        state.nextPiece += 1
        state.waitingBytes -= piece.count
        if state.nextPiece == state.pieces.count {
            state.pieces.removeAll(keepingCapacity: true)
            state.nextPiece = 0
        }
        return piece
    }
}
