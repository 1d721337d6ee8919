import Events
import struct Foundation.Data
import GRDB

extension CatalogWriter {
    private struct Place: Hashable, Comparable {
        var name: String
        var chunk: Int
        static func < (a: Place, b: Place) -> Bool { (a.name, a.chunk) < (b.name, b.chunk) }
    }

    /// Merges the metrics of these events into their chunks; each chunk involved is read and written once.
    /// - Returns: the values as a table, for live subscribers.
    func putMetrics(_ events: [RunEvent], into run: Int64, _ changes: inout IngestedChanges) throws -> MetricTable {
        var touched: [Place: MetricChunk] = [:]
        var series: [String: [Int: Double]] = [:]
        for event in events {
            guard case .metrics(let step, let values) = event.kind else { continue }
            for entry in values {
                let (name, value) = (entry.name, entry.value)
                let place = Place(name: name, chunk: MetricChunk.index(ofStep: step))
                var chunk = try touched[place] ?? stored(place, run)
                if !chunk.put(value, atStep: step) {
                    changes.contradictions.append("\(name) at step \(step) has another value than before: \(value)")
                }
                touched[place] = chunk
                series[name, default: [:]][step] = value
            }
        }
        for place in touched.keys.sorted() {
            guard let chunk = touched[place] else { continue }
            try self.run(
                "INSERT OR REPLACE INTO metric_chunks (run, name, chunk, points) VALUES (?, ?, ?, ?)",
                [run, place.name, place.chunk, Data(chunk.packed)])
        }
        return MetricTable(
            series: series.keys.sorted().map { name in
                let points = series[name]!.sorted { $0.key < $1.key }
                return (name, points.map(\.key), points.map(\.value))
            })
    }

    private func stored(_ place: Place, _ run: Int64) throws -> MetricChunk {
        try reader.one(
            "SELECT points FROM metric_chunks WHERE run = ? AND name = ? AND chunk = ?", [run, place.name, place.chunk],
            CatalogReader.chunk) ?? MetricChunk()
    }
}
