import Catalog
import Events
import Foundation

/// A catalog in a temporary folder, removed at the end of the test.
final class CatalogFixture {
    let folder: String
    let catalog: Catalog
    var path: String { folder + "/fidelio.sqlite" }

    init() throws {
        folder = NSTemporaryDirectory() + "catalog-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        catalog = try Catalog.openForWriting(at: folder + "/fidelio.sqlite")
    }

    deinit {
        try? catalog.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A digest-like text that differs for each number.
    static func digest(_ number: Int) -> String {
        let text = String(number * 7_919 + 1, radix: 16)
        return String(repeating: "0", count: 8 - min(8, text.count)) + text + String(repeating: "a", count: 64 - max(8, text.count))
    }

    static func newRun(_ number: Int, model: String = "ns-gan", study: String? = nil, steps: Int = 100) -> NewRun {
        NewRun(
            specification: """
                {"architecture":{"width":0.25},"batch_size":64,"hyperparameters":{"beta1":0.5,"learning_rate":\(Double(number + 1) / 1000)},\
                "model":"\(model)","seed":\(number)}
                """,
            specificationDigest: digest(number), model: model, dataset: "polygons", seed: Int64(number), steps: steps, study: study,
            position: study == nil ? nil : number)
    }

    @discardableResult
    func submit(_ number: Int, model: String = "ns-gan", study: String? = nil, steps: Int = 100) throws -> RunRecord {
        try catalog.writeNow {
            try $0.submit(CatalogFixture.newRun(number, model: model, study: study, steps: steps), at: 1000 + Double(number))
        }
    }

    /// Ingests lines as the next batch and returns what changed.
    @discardableResult
    func ingest(_ lines: [String], into id: String, from start: Int64? = nil) throws -> IngestedChanges {
        try catalog.writeNow { writer in
            let run = try writer.reader.requiredRun(id)
            let begin = start ?? run.eventsOffset
            var events: [RunEvent] = []
            var damaged: [EventError] = []
            for line in lines {
                do throws(EventError) { events.append(try RunEvent(line: Array(line.utf8))) } catch { damaged.append(error) }
            }
            let length = Int64(lines.reduce(0) { $0 + $1.utf8.count + 1 })
            return try writer.ingest(
                EventBatch(start: begin, end: begin + length, events: events, damaged: damaged), into: run, at: 2000)
        }
    }

    static func evaluation(step: Int, fid: Double) -> String {
        """
        {"type":"evaluation","time":1,"step":\(step),"metric":"fid","value":\(fid),"protocol":"p","encoder":"lenet","encoder_digest":"e",\
        "samples":1000,"reference_split":"test"}
        """
    }

    static func metrics(step: Int, loss: Double) -> String {
        #"{"type":"metrics","time":1,"step":\#(step),"values":{"discriminator_loss":\#(loss),"generator_loss":\#(loss * 2)}}"#
    }
}
