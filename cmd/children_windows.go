package cmd

import (
	"os"
	"syscall"
	"unsafe"
)

// adopt returns what ends the children of the process. What they have begun goes on: a browser may be among it, and there
// are no groups to tell it by.
func adopt() (end func()) {
	return func() {
		own, err := syscall.GetCurrentProcess()
		if err != nil {
			return
		}
		began, err := beginning(own)
		if err != nil {
			return
		}
		for _, id := range children(uint32(os.Getpid())) { //nolint:gosec // A process's number is of 32 bits there.
			endYounger(id, began)
		}
	}
}

// children returns the processes whose parent had that number.
func children(of uint32) (ids []uint32) {
	snapshot, err := syscall.CreateToolhelp32Snapshot(syscall.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = syscall.CloseHandle(snapshot) }()
	entry := syscall.ProcessEntry32{}
	entry.Size = uint32(unsafe.Sizeof(entry))
	for err = syscall.Process32First(snapshot, &entry); err == nil; err = syscall.Process32Next(snapshot, &entry) {
		if entry.ParentProcessID == of {
			ids = append(ids, entry.ProcessID)
		}
	}
	return ids
}

// endYounger ends a process that has begun after a moment: numbers are used again, and an older one is the child of another
// process that had ours.
func endYounger(id uint32, began int64) {
	child, err := syscall.OpenProcess(syscall.PROCESS_TERMINATE|syscall.PROCESS_QUERY_INFORMATION, false, id)
	if err != nil {
		return
	}
	defer func() { _ = syscall.CloseHandle(child) }()
	if at, err := beginning(child); err == nil && at >= began {
		_ = syscall.TerminateProcess(child, 1)
	}
}

// beginning returns when a process has begun, in nanoseconds.
func beginning(process syscall.Handle) (int64, error) {
	var created, exited, kernel, user syscall.Filetime
	err := syscall.GetProcessTimes(process, &created, &exited, &kernel, &user)
	return created.Nanoseconds(), err
}
