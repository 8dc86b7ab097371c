// Many players of one show, for bench/origin.py: each has an HTTP/2 connection over TLS of its own and asks for the next
// part of the playlist, which the server holds until it is there. Go, because a Python client of a thousand connections
// is slower than the server it is to measure. Prints one JSON object.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	list    = flag.String("url", "", "the media playlist")
	clients = flag.Int("clients", 1000, "players")
	seconds = flag.Float64("seconds", 10, "how long")
	parts   = flag.Bool("parts", false, "fetch each new part as well")
	part    = flag.String("static-part", "", "don't wait for parts: fetch playlist and this URL at every tick")
	tick    = flag.Duration("tick", 533333*time.Microsecond, "between two ticks of -static-part")
)

// release is when the players got the playlist with one part, in nanoseconds of the wall clock.
type release struct {
	Msn  int     `json:"msn"`
	Part int     `json:"part"`
	At   []int64 `json:"at"`
}

type report struct {
	Requests int        `json:"requests"`
	Failed   int        `json:"failed"`
	Releases []*release `json:"releases"`
}

var (
	lock     sync.Mutex
	total    report
	byNumber = map[[2]int]*release{}
	sequence = regexp.MustCompile(`#EXT-X-MEDIA-SEQUENCE:(\d+)`)
	partURI  = regexp.MustCompile(`#EXT-X-PART:.*URI="([^"]+)"`)
)

type player struct {
	http *http.Client
}

func newPlayer() *player {
	// No compression: what is to be measured is the server, and unpacking is the client's work.
	transport := &http.Transport{
		ForceAttemptHTTP2:  true,
		DisableCompression: true,
		TLSClientConfig:    &tls.Config{InsecureSkipVerify: true},
	}
	return &player{&http.Client{Transport: transport, Timeout: 20 * time.Second}}
}

func (p *player) get(address string) (string, time.Time, error) {
	answer, err := p.http.Get(address)
	if err != nil {
		return "", time.Time{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	at := time.Now()
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d", address, answer.StatusCode)
	}
	return string(body), at, err
}

// next is the number of the part that a playlist does not have yet.
func next(playlist string) (msn, part int) {
	if found := sequence.FindStringSubmatch(playlist); found != nil {
		msn, _ = strconv.Atoi(found[1])
	}
	for _, line := range strings.Split(playlist, "\n") {
		switch {
		case strings.HasPrefix(line, "#EXT-X-PART:"):
			part++
		case line != "" && !strings.HasPrefix(line, "#"):
			msn, part = msn+1, 0
		}
	}
	return msn, part
}

func (p *player) play(until time.Time) {
	body, _, err := p.get(*list)
	count(1, err)
	for time.Now().Before(until) {
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			body, _, err = p.get(*list)
			count(1, err)
			continue
		}
		msn, number := next(body)
		var at time.Time
		body, at, err = p.get(fmt.Sprintf("%s?_HLS_msn=%d&_HLS_part=%d", *list, msn, number))
		count(1, err)
		if err != nil {
			continue
		}
		note(msn, number, at)
		if *parts {
			_, _, err = p.get(newest(body))
			count(1, err)
		}
	}
}

func newest(playlist string) string {
	found := partURI.FindAllStringSubmatch(playlist, -1)
	base, _ := url.Parse(*list)
	if len(found) == 0 {
		return *list
	}
	there, _ := base.Parse(found[len(found)-1][1])
	return there.String()
}

func (p *player) tickAway(until time.Time) {
	for time.Now().Before(until) {
		began := time.Now()
		for _, address := range []string{*list, *part} {
			_, _, err := p.get(address)
			count(1, err)
		}
		time.Sleep(*tick - time.Since(began))
	}
}

func count(requests int, err error) {
	lock.Lock()
	defer lock.Unlock()
	total.Requests += requests
	if err != nil {
		total.Failed++
	}
}

func note(msn, part int, at time.Time) {
	lock.Lock()
	defer lock.Unlock()
	key := [2]int{msn, part}
	if byNumber[key] == nil {
		byNumber[key] = &release{Msn: msn, Part: part}
		total.Releases = append(total.Releases, byNumber[key])
	}
	byNumber[key].At = append(byNumber[key].At, at.UnixNano())
}

func main() {
	flag.Parse()
	until := time.Now().Add(time.Duration(*seconds * float64(time.Second)))
	var everybody sync.WaitGroup
	for range *clients {
		everybody.Add(1)
		go func() {
			defer everybody.Done()
			if *part != "" {
				newPlayer().tickAway(until)
			} else {
				newPlayer().play(until)
			}
		}()
	}
	everybody.Wait()
	if err := json.NewEncoder(os.Stdout).Encode(total); err != nil {
		os.Exit(1)
	}
}
