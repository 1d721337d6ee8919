import Foundation

/// A worker implemented as a shell script: it follows the protocol of a run's folder (lock, events, saving, exit report) and computes
/// nothing but the step number. Its specification requests deliberate faults.
enum ScriptedWorker {
    static func install(in folder: String) throws -> String {
        let path = folder + "/scripted-worker"
        try Data(script.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private static let script = #"""
        #!/bin/bash
        # export-worker REQUEST --storage DIR --output FILE ...: writes the request and its own number; what else, the start of the samples says.
        if [ "$1" = export-worker ]; then
            case $2 in *'"kind":"super-resolution"'*) printf '{"checkpoint":"%064d","dataset":"d","images":1,"index":0,"model":"m","pictures":[],"scale":4,"split":"test","step":1,"temperature":null,"upload":null}' 0 >"$6"; exit 0 ;; esac
            case $2 in *'"kind":"neighbors"'*) printf '{"checkpoint":"%064d","dataset":"d","dataset_digest":"%064d","digest":"%064d","encoder":null,"encoder_digest":null,"held_out":null,"height":1,"images":1,"model":"m","png":"","samples":[],"space":"pixels","split":"train","step":1,"width":1}' 0 0 0 >"$6"; exit 0 ;; esac
            case $2 in *'"kind":"grid"'*) printf '%s' "$2" >"$6"; exit 0 ;; esac
            start=$(sed -nE 's/.*"start":([0-9]+).*/\1/p' <<<"$2")
            case $start in
                ''|0) printf '%s %s' "$2" "$$" >"$6"; exit 0 ;;
                1000) : >"${6%/*}/process-$$"; exec sleep 600 ;;
                *) echo "fidelio: as told"; exit "$start" ;;
            esac
        fi
        # sql-worker: answers a query with the word "scripted"; one with "waiting" when the file go-queries is beside the catalog.
        if [ "$1" = sql-worker ]; then
            request=$(cat)
            folder=$(sed -nE 's/.*"catalog":"([^"]*)\/[^"/]*".*/\1/p' <<<"$request")
            echo $$ >"$folder/query-process"
            case $request in *waiting*) until [ -e "$folder/go-queries" ]; do sleep 0.02; done ;; esac
            case $request in *scripted*) echo '{"answer":{"columns":["model","best"],"rows":[["wgan",2.5],["vae",4]],"truncated":false}}'; exit 0 ;; esac
            exit 1
        fi
        # experiment-worker --storage DIR --progress: answers with a page and two figures, after a word on the way; with seed 7, when the file go-queries is in the storage.
        if [ "$1" = experiment-worker ]; then
            request=$(cat)
            echo $$ >"$3/experiment-process-$$"
            [ "$4" = --progress ] && echo '{"doing":"Running","fraction":0.25}'
            case $request in *'"seed":7'*) until [ -e "$3/go-queries" ]; do sleep 0.02; done ;; esac
            case $request in *'"seed":8'*) echo '{"problem":"As told."}'; exit 0 ;; *'"seed":9'*) exit 1 ;; esac
            read_of=$(cat "$3/experiment-datasets" 2>/dev/null || echo '{}')
            echo '{"datasets":'"$read_of"',"title":"Made <b>","markdown":"# Made\n\nWhat to see: **a line**.\n\n## Values\n\n| x |\n|---|\n| 1 |\n\n![p](p.svg)\n","csv":"x\n1\n","json":"{}\n","drawings":[{"title":"one","forms":[{"name":"light-760","svg":"<svg>1</svg>"},{"name":"dark-760","svg":"<svg>2</svg>"}]},{"title":"two","forms":[{"name":"light-760","svg":"<svg>3</svg>"}]}]}'
            exit 0
        fi
        # worker RUN_DIR --storage DIR --threads N
        threads=$6
        cd "$2" || exit 1
        exec 9<>lock
        flock -w 0.2 9 || exit 69
        rm -f exit.json
        # An evaluation: two metrics, of which a worker that goes on measures the missing ones. What else, the number of samples says.
        if [ -e evaluation.json ]; then
            samples=$(sed -nE 's/.*"samples":([0-9]+).*/\1/p' evaluation.json)
            stopping=no
            trap 'stopping=yes' TERM
            touch events.ndjson
            truncate -s "$(head -n "$(wc -l <events.ndjson)" events.ndjson | wc -c)" events.ndjson
            emit() { printf '%s\n' "$1" >>events.ndjson; }
            finish() {
                emit '{"type":"finished","time":1,"outcome":"'"$1"'","message":"'"$2"'"}'
                echo '{"code":'"$3"',"outcome":"'"$1"'","message":"'"$2"'"}' >exit.new && mv exit.new exit.json
                exit "$3"
            }
            emit '{"type":"started","time":1,"step":20,"threads":'"$threads"',"kernels":"scalar","host":"here","pid":1,"program":"0","resumed":false}'
            [ "$samples" = 303 ] && finish failed "the checkpoint is missing or damaged: as told" 1
            emit '{"type":"progress","time":1,"step":300,"steps":600,"rate":100,"remaining":3}'
            value=12
            for metric in fid kid; do
                emit '{"type":"phase","time":1,"phase":"'"$metric"'"}'
                [ "$metric" = kid ] && [ "$samples" = 301 ] && until [ -e go ] || [ $stopping = yes ]; do sleep 0.02; done
                [ "$metric" = kid ] && [ "$samples" = 302 ] && [ ! -e died ] && { touch died; printf '{"type":"eval' >>events.ndjson; kill -9 $$; }
                [ $stopping = no ] || finish interrupted "stopped" 75
                grep -q '"metric":"'"$metric"'"' events.ndjson || emit '{"type":"evaluation","time":1,"step":20,"metric":"'"$metric"'","value":'"$value"'.5,"protocol":"evaluated-'"$metric"'","encoder":"e","encoder_digest":"d","samples":'"$samples"',"reference_split":"test"}'
                value=$((value + 1))
            done
            finish done "" 0
        fi
        specification=$(cat specification.json)
        steps=$(sed -nE 's/.*"steps":([0-9]+).*/\1/p' <<<"$specification")
        behaviour=$(sed -nE 's/.*"behaviour":"([a-z-]+)".*/\1/p' <<<"$specification")
        pause=$(sed -nE 's/.*"pause":"([0-9.]+)".*/\1/p' <<<"$specification")
        touch events.ndjson
        truncate -s "$(head -n "$(wc -l <events.ndjson)" events.ndjson | wc -c)" events.ndjson
        step=$(cat saved 2>/dev/null || echo 0)
        noise=0
        [ "$behaviour" = noisy ] && noise=$$
        stopping=no
        trap 'stopping=yes' TERM
        emit() { printf '%s\n' "$1" >>events.ndjson; }
        digest() { printf 'state %d' "$1" | sha256sum | cut -d ' ' -f 1; }
        tell_saved() {
            emit '{"type":"checkpoint","time":1,"step":'"$step"',"digest":"'"$(digest "$step")"'","bytes":10,"final":'"$1"'}'
        }
        # What was said up to a step is written before the step is saved, and a worker that goes on repeats what it saved:
        # so nothing is missing whenever it dies.
        save() {
            echo "$step" >saved.new && mv saved.new saved
            tell_saved "$1"
        }
        finish() {
            emit '{"type":"finished","time":1,"outcome":"'"$1"'","step":'"$step"',"message":"'"$2"'"}'
            echo '{"code":'"$3"',"outcome":"'"$1"'","step":'"$step"',"message":"'"$2"'"}' >exit.new && mv exit.new exit.json
            exit "$3"
        }
        # A fragile one does what the file "broken" of its storage says.
        broken=$([ "$behaviour" = fragile ] && cat "$4/broken" 2>/dev/null)
        [ "$broken" = refuse ] && { echo "dataset: there is no data set 'polygons'"; exit 64; }
        [ "$behaviour" = refused ] && { echo "model: 'gun' is not a model"; exit 64; }
        emit '{"type":"started","time":1,"step":'"$step"',"threads":'"$threads"',"kernels":"scalar","host":"here","pid":1,"program":"0","resumed":false}'
        [ "$step" = 0 ] || tell_saved "$([ "$step" = "$steps" ] && echo true || echo false)"
        while [ "$step" -lt "$steps" ]; do
            step=$((step + 1))
            metrics='{"type":"metrics","time":1,"step":'"$step"',"values":{"loss":'"$step"'.5}}'
            [ "$broken" = garble ] && [ "$step" = 5 ] && metrics='{"type":"metr'
            emit "$metrics"
            [ $((step % 10)) = 0 ] && {
                emit '{"type":"samples","time":1,"step":'"$step"',"file":"samples/'"$step"'.png","digest":"'"$(digest "$step")"'","rows":1,"columns":1,"width":1,"height":1,"channels":1}'
                emit '{"type":"evaluation","time":1,"step":'"$step"',"metric":"fid","value":'"$((1000 - step + noise))"',"protocol":"p","encoder":"e","encoder_digest":"d","samples":10,"reference_split":"test"}'
                save "$([ "$step" = "$steps" ] && echo true || echo false)"
            }
            [ "$step" = 15 ] && case $broken in
                kill) kill -9 $$ ;;
                late) finish timed_out "timed out: 60 seconds were over" 44 ;;
            esac
            [ "$step" = 15 ] && case $behaviour in
                killed-once) [ -e died ] || { touch died; printf '{"type":"metr' >>events.ndjson; kill -9 $$; } ;;
                killed-always) kill -9 $$ ;;
                faulty) kill -SEGV $$ ;;
                diverging) finish diverged "the loss is not finite" 42 ;;
                failing) finish failed "the disk is full" 1 ;;
                silent) exit 0 ;;
            esac
            # At every fifteenth step this one waits until the test lets it go on.
            [ "$behaviour" = waiting ] && [ $((step % 15)) = 0 ] && until [ -e go ] || [ $stopping = yes ]; do sleep 0.02; done
            [ "$behaviour" = stuck ] || [ $stopping = no ] || { save false; finish interrupted "stopped" 75; }
            [ -z "$pause" ] || sleep "$pause"
        done
        finish done "" 0
        """#
}
