# Everything needs Go alone, except the e2e and cluster targets: these need root on Debian and install the rest.

TOOL := go tool -modfile=tools/go.mod
RACE := $(if $(shell command -v $$(go env CC) 2>/dev/null),-race)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

.PHONY: build
build: ## Build ./probetop
	CGO_ENABLED=0 go build -trimpath -o probetop .

.PHONY: test
test: tidy lint race cross ## Everything that needs only Go
	cd e2e && go vet -tags soak ./...

.PHONY: race
race: ## Unit tests, with the race detector where there is a C compiler for it
	go test $(RACE) -shuffle=on ./...
	go test -run EveryByte ./prober
	cd tools && go test ./notices

.PHONY: lint
lint: ## go vet and golangci-lint, which also checks the format
	go vet ./...
	$(TOOL) golangci-lint run ./...

.PHONY: tidy
tidy: ## Check that the module files are tidy
	go mod tidy -diff
	cd e2e && go mod tidy -diff

.PHONY: cross
cross: ## Compile for the other platforms
	GOOS=darwin GOARCH=arm64 go build -o /dev/null .
	GOOS=windows GOARCH=amd64 go build -o /dev/null .
	GOOS=linux GOARCH=arm64 go build -o /dev/null .

.PHONY: vuln
vuln: ## Look for known vulnerabilities in what is called; asks vuln.go.dev
	$(TOOL) govulncheck ./...

.PHONY: notices
notices: ## Write the licences of all that is linked, on any platform, to bin/THIRD_PARTY_NOTICES
	@mkdir -p bin
	go run -C tools ./notices -C .. > bin/THIRD_PARTY_NOTICES.new
	mv bin/THIRD_PARTY_NOTICES.new bin/THIRD_PARTY_NOTICES

VERSION ?= $(shell git describe --tags --always --dirty)
.PHONY: release-snapshot
release-snapshot: notices ## Build for every platform: archives in bin/release with the licences; VERSION=v0.1.0
	@rm -rf bin/release && mkdir -p bin/release
	for p in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64; do \
		dir=bin/release/probetop_$$(echo $$p | tr / _); mkdir -p $$dir && cp LICENSE README.md bin/THIRD_PARTY_NOTICES $$dir && \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} go build -trimpath -ldflags '-s -w -X github.com/probetop/probetop/cmd.version=$(VERSION)' \
			-o $$dir/probetop$$(test $${p%/*} != windows || echo .exe) . && \
		tar -C bin/release -czf $$dir.tar.gz $${dir##*/} && rm -r $$dir || exit 1; \
	done
	cd bin/release && sha256sum *.tar.gz > checksums.txt

.PHONY: fmt
fmt: ## Format the code
	$(TOOL) gofumpt -w *.go cmd model prober recording simcluster tools tui watch e2e

.PHONY: golden
golden: ## Write the pictures of the board again; read them before committing
	go test ./tui -update

.PHONY: faults
faults: ## Let every fault happen between us, an API server and containers, and write what came of it into docs/faults.md
	go test ./watch -count=1 -run FaultTable -faults ../docs/faults.md
	go test ./prober -count=1 -run FaultTable -faults ../docs/faults.md

ENDURE ?= 45m
.PHONY: endure
endure: ## Look at 2,000 pods for ENDURE=45m with a fault every 20 s, and write what it costs in memory, goroutines and descriptors into docs/faults.md
	ENDURE='$(ENDURE)' go test ./cmd -count=1 -timeout 0 -v -run 'TestEndure$$' -faults ../docs/faults.md

FUZZTIME ?= 10m
.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZTIME=10m, one after the other, and print how many executions a second each made
	@out=$$(mktemp); trap 'rm -f "$$out"' EXIT; failed=0; \
	for file in $$(grep -rl --include='*_test.go' '^func Fuzz' . | sort); do \
		for target in $$(sed -n 's/^func \(Fuzz[[:alnum:]_]*\)(.*/\1/p' "$$file"); do \
			go -C "$$(dirname "$$file")" test . -run '^$$' -fuzz "^$$target\$$" -fuzztime '$(FUZZTIME)' -fuzzminimizetime 10x >"$$out" 2>&1 || { failed=1; cat "$$out"; }; \
			awk -v target="$$(dirname "$$file")/$$target" ' \
				/^fuzz: elapsed:/ { took = $$3; n = $$5 } \
				END { for (sub(",", "", took); match(took, /^[0-9]+[hms]/); took = substr(took, RLENGTH + 1)) { \
					unit = substr(took, RLENGTH, 1); s += substr(took, 1, RLENGTH - 1) * (unit == "h" ? 3600 : unit == "m" ? 60 : 1) } \
				printf "%-36s %11d executions %8d a second\n", target, n, s ? n / s : 0 }' "$$out"; \
		done; \
	done; exit $$failed

hunt: KUBELETS = 4000
hunt: BUSY = $(KUBELETS)
.PHONY: hunt
hunt: ## Play KUBELETS=n usual and BUSY=n busy kubelets, none of them like the last time, and hold every claim against them
	go test ./model -count=1 -timeout 120m -v -run 'AreTrue|BusyClaims' -kubelets $(KUBELETS) -busy $(BUSY) -seeds $$(date +%s)0000

BENCH ?= .
COUNT ?= 6
.PHONY: bench
bench: ## Benchmarks with allocations, summarised; BENCH=regexp COUNT=n
	go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./model/... ./watch ./tui ./recording ./simcluster > bench.txt
	$(TOOL) benchstat bench.txt

.PHONY: cover
cover: ## Coverage by function
	go test -coverprofile coverage.out ./... && go tool cover -func coverage.out

.PHONY: cluster-up
cluster-up: ## Build and start a real one-node Kubernetes on this machine (root on Debian); BACKOFF=5m as kubelets usually wait, KUBELET=1.31
	cd e2e && CGO_ENABLED=0 go run ./cmd/cluster $(if $(BACKOFF),-back-off $(BACKOFF)) $(if $(KUBELET),-kubelet $(KUBELET)) up

.PHONY: cluster-down
cluster-down: ## Stop it and take everything away
	cd e2e && CGO_ENABLED=0 go run ./cmd/cluster down

.PHONY: e2e
e2e: ## The tests against a real kubelet: that cluster, or the one of E2E_KUBECONFIG
	cd e2e && CGO_ENABLED=0 go test -count=1 ./cluster ./cmd/... ./parity ./workload
	cd e2e && CGO_ENABLED=0 go test -count=1 -parallel 4 -timeout 60m -skip 'TestIncidents$$' .
	cd e2e && CGO_ENABLED=0 go test -count=1 -timeout 20m -run 'TestIncidents$$' .
	cd e2e && E2E_SOAK=2m CGO_ENABLED=0 go test -tags soak -count=1 -timeout 20m -run 'TestSoak|TestShadowLoad' -v .

.PHONY: incidents
incidents: ## Provoke every incident of the battery on a real kubelet, judge its headlines, and write docs/incidents.md (10 minutes)
	cd e2e && E2E_INCIDENTS=all CGO_ENABLED=0 go test -count=1 -timeout 20m -run 'TestIncidents$$' -v .

.PHONY: outages
outages: ## Stop and freeze the API server and the kubelet of that cluster, and write what came of it into docs/faults.md (15 minutes)
	cd e2e && E2E_OUTAGES=all CGO_ENABLED=0 go test -count=1 -timeout 40m -run 'TestOutages$$' -v .

matrix: KUBELETS = 1.31 1.33 1.35 1.36 1.37
.PHONY: matrix
matrix: ## Hold scenarios, shadows and two minutes of soak against kubelets KUBELETS="1.31 1.37", and write docs/versions.md (an hour)
	cd e2e && CGO_ENABLED=0 go run ./cmd/matrix -o ../docs/versions.md $(KUBELETS)

.PHONY: soak
soak: ## Ten minutes of 500 probes a second, and fifteen of random health, every claim held against a real kubelet's counters
	cd e2e && E2E_SOAK=15m CGO_ENABLED=0 go test -tags soak -count=1 -timeout 50m -run 'TestSoak|TestShadowLoad' -v .

.PHONY: demo-recording
demo-recording: ## Provoke the incident of the demo on a real kubelet, and record it again (15 minutes)
	cd e2e && CGO_ENABLED=0 nice -n -10 go run ./cmd/incident -o ../cmd/demo/incident.zst
