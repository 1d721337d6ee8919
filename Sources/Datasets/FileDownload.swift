import Canonical
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Downloads one file over HTTP or HTTPS, resumes interrupted downloads, and verifies the digest.
///
/// Data are written to `folder/FILE.part`, which is kept if the connection breaks; the next attempt requests the rest by Range. A server may also
/// respond with the complete file. A file with a wrong digest is removed, and downloaded again from the start if it was assembled from parts.
struct FileDownload {
    let download: DatasetDownload
    let folder: String
    /// Seconds without data after which a connection counts as broken.
    var patience = 60.0
    /// Maximum number of retries after a broken connection.
    var attempts = 5

    /// Downloads the file.
    /// - Parameter progress: bytes so far, and the total if the server reports it
    /// - Returns: the path of the complete, verified file.
    /// - Errors: `downloadFailed`, `wrongPublishedDigest` or `wrongDigest`, `unwritable`.
    func fetch(progress: (_ done: Int, _ total: Int?) -> Void) throws(DatasetError) -> String {
        let target = "\(folder)/\(download.file)", part = target + ".part"
        if FileSystem.exists(target), (try? download.digest.check(readFile(target), file: target)) != nil { return target }
        do {
            try FileSystem.makeFolder(folder)
        } catch {
            throw .unwritable(path: error.path, problem: error.reason)
        }
        var resumed = FileSystem.exists(part)
        while true {
            try fetchAll(to: part, progress)
            do {
                try download.digest.check(readFile(part), file: download.address)
                break
            } catch {
                try? FileSystem.remove(part)
                guard resumed else { throw error }
                resumed = false
            }
        }
        do {
            try FileSystem.synchronize(part)
            try FileSystem.rename(part, to: target)
        } catch {
            throw .unwritable(path: target, problem: ErrorSentence.of(error))
        }
        return target
    }

    /// Repeats requests until the file is complete. Attempts that made progress do not count as retries.
    private func fetchAll(to part: String, _ progress: (Int, Int?) -> Void) throws(DatasetError) {
        var failures = 0
        while true {
            let before = (try? FileSystem.size(of: part)) ?? 0
            let outcome = try Transfer(address: download.address, part: part, start: before, patience: patience).run(progress)
            switch outcome {
            case .whole: return
            case .refused(let problem): throw .downloadFailed(address: download.address, problem: problem)
            case .broken(let problem):
                failures = ((try? FileSystem.size(of: part)) ?? 0) > before ? 0 : failures + 1
                if failures >= attempts { throw .downloadFailed(address: download.address, problem: problem) }
                Thread.sleep(forTimeInterval: 0.1 * Double(failures + 1))
            }
        }
    }
}

/// One request, whose response is written to a file as it arrives.
private final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
    enum Outcome {
        case whole
        /// A retry would not help.
        case refused(String)
        case broken(String)
    }

    private struct State {
        var file: FileHandle?
        var done = 0
        var total: Int?
        var outcome: Outcome?
    }

    private let address: String
    private let part: String
    private let start: Int
    private let patience: Double
    private let state = Mutex(State())
    private let finished = DispatchSemaphore(value: 0)

    init(address: String, part: String, start: Int, patience: Double) {
        (self.address, self.part, self.start, self.patience) = (address, part, start, patience)
    }

    func run(_ progress: (Int, Int?) -> Void) throws(DatasetError) -> Outcome {
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme) else { return .refused("it is not an http or https URL") }
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: patience)
        // Packed on the way it would not be the file of the digest.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        if start > 0 { request.setValue("bytes=\(start)-", forHTTPHeaderField: "Range") }
        let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        session.dataTask(with: request).resume()
        while finished.wait(timeout: .now() + 0.25) == .timedOut { report(progress) }
        report(progress)
        return state.withLock { $0.outcome ?? .broken("no response") }
    }

    private func report(_ progress: (Int, Int?) -> Void) {
        let (done, total) = state.withLock { ($0.done, $0.total) }
        progress(done, total)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        let answer = response as? HTTPURLResponse
        let disposition: URLSession.ResponseDisposition = state.withLock { state in
            switch answer?.statusCode {
            case 200?, 206?:
                let isRest = answer?.statusCode == 206
                if isRest, answer?.value(forHTTPHeaderField: "Content-Range")?.hasPrefix("bytes \(start)-") != true {
                    state.outcome = .refused("the server returned a different range than requested")
                    return .cancel
                }
                guard open(&state, from: isRest ? start : 0) else { return .cancel }
                let length = response.expectedContentLength
                state.total = length >= 0 ? state.done.addingSaturating(Int(length)) : nil
                return .allow
            case 416? where start > 0:
                // Nothing is left to send: the part is whole, or it is not of this file, which its digest will show.
                state.outcome = .whole
                return .cancel
            case let code?:
                state.outcome = (500...599).contains(code) || code == 429 ? .broken("the server responds with status \(code)") : .refused("the server responds with status \(code)")
                return .cancel
            case nil:
                state.outcome = .refused("the response is not HTTP")
                return .cancel
            }
        }
        completionHandler(disposition)
    }

    private func open(_ state: inout State, from offset: Int) -> Bool {
        if !FileManager.default.fileExists(atPath: part) { _ = FileManager.default.createFile(atPath: part, contents: nil) }
        do {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: part))
            try file.truncate(atOffset: UInt64(offset))
            try file.seek(toOffset: UInt64(offset))
            (state.file, state.done) = (file, offset)
            return true
        } catch {
            state.outcome = .refused("\(part) cannot be written: \(ErrorSentence.of(error))")
            return false
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isWritten = state.withLock { state in
            do {
                try state.file?.write(contentsOf: data)
                state.done += data.count
                return true
            } catch {
                state.outcome = .refused("\(part) cannot be written: \(ErrorSentence.of(error))")
                return false
            }
        }
        if !isWritten { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        state.withLock { state in
            try? state.file?.close()
            state.file = nil
            guard state.outcome == nil else { return }
            if let error {
                state.outcome = .broken(ErrorSentence.of(error))
            } else if let total = state.total, state.done < total {
                state.outcome = .broken("the response ended after \(state.done) of \(total) bytes")
            } else {
                state.outcome = .whole
            }
        }
        finished.signal()
    }
}
