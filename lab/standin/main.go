// A stand-in for llama-server: answers as it does, word by word at a declared pace, and computes
// nothing. With it a real Ollama streams to many clients at once on a machine of two cores.
//
// A prompt that ends in "pace FIRST EACH" (milliseconds) says how long the first word and each
// further one take. Ollama 0.33.0 asks for what is here (llm/llama_server.go, discover/).
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"
)

var pace = regexp.MustCompile(`pace (\d+) (\d+)`)

type question struct {
	Prompt   any               `json:"prompt"`
	Content  any               `json:"content"`
	Messages []json.RawMessage `json:"messages"`
	NPredict int               `json:"n_predict"`
}

// asked is all that the request says, in which a pace is looked for.
func (q question) asked() string {
	text := fmt.Sprint(q.Prompt)
	for _, message := range q.Messages {
		text += string(message)
	}
	return text
}

func read(r *http.Request) (q question) {
	body, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(body, &q)
	return q
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// stream sends the words, each as `shape` has it; it stops when Ollama has gone away.
func stream(w http.ResponseWriter, r *http.Request, shape func(word string, last bool, count int) any) {
	q := read(r)
	wait, each := 20*time.Millisecond, 20*time.Millisecond
	if found := pace.FindAllStringSubmatch(q.asked(), -1); found != nil {
		said := found[len(found)-1]
		first, _ := strconv.Atoi(said[1])
		next, _ := strconv.Atoi(said[2])
		wait, each = time.Duration(first)*time.Millisecond, time.Duration(next)*time.Millisecond
	}
	count := q.NPredict
	if count <= 0 {
		count = 16
	}
	w.Header().Set("Content-Type", "text/event-stream")
	due := time.Now()
	for number := range count + 1 {
		// By the clock, so that a late word does not delay all that follow.
		if number == 0 {
			due = due.Add(wait)
		} else if number < count {
			due = due.Add(each)
		}
		select {
		case <-time.After(time.Until(due)):
		case <-r.Context().Done():
			return
		}
		text, _ := json.Marshal(shape(fmt.Sprintf(" w%d", number), number == count, count))
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
			return
		}
		w.(http.Flusher).Flush()
	}
}

type object = map[string]any

func timings(count int) object {
	return object{"prompt_n": 1, "prompt_ms": 1, "predicted_n": count, "predicted_ms": 1}
}

func completion(word string, last bool, count int) any {
	if last {
		return object{"content": "", "stop": true, "stop_type": "limit", "timings": timings(count)}
	}
	return object{"content": word, "stop": false}
}

func chat(word string, last bool, count int) any {
	if last {
		choice := object{"delta": object{}, "finish_reason": "length"}
		return object{"choices": []any{choice}, "timings": timings(count)}
	}
	return object{"choices": []any{object{"delta": object{"content": word}}}}
}

func main() {
	if slices.Contains(os.Args, "--list-devices") {
		fmt.Println("Available devices:")
		return
	}
	port := ""
	for number, word := range os.Args[:len(os.Args)-1] {
		if word == "--port" {
			port = os.Args[number+1]
		}
	}
	if port == "" {
		flag.Usage()
		os.Exit(2)
	}
	http.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"status": "ok"})
	})
	http.HandleFunc("POST /completion", func(w http.ResponseWriter, r *http.Request) {
		stream(w, r, completion)
	})
	http.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		stream(w, r, chat)
	})
	http.HandleFunc("POST /apply-template", func(w http.ResponseWriter, r *http.Request) {
		answer(w, object{"prompt": read(r).asked()})
	})
	http.HandleFunc("POST /tokenize", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"tokens": []int{1}})
	})
	http.HandleFunc("POST /detokenize", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"content": ""})
	})
	http.HandleFunc("POST /v1/embeddings", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"data": []any{object{"embedding": []float32{1}}}, "usage": object{}})
	})
	// Ollama waits for this line when it looks for devices.
	log.Print("system_info: a stand-in that computes nothing")
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}
