#include "host/sandbox.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <malloc.h>
#include <pthread.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <system_error>

#include "core/sanitized.hpp"

namespace dugout::host {
namespace {

constexpr std::size_t kThreadStack = std::size_t{1} << 20;

std::string failed(const char* step, int error) {
  return std::string(step) + ": " + std::generic_category().message(error);
}

// --- Memory, time, files by number
// -----------------------------------------------------------------

// Pages: all that is mapped (column 0), or what may be written (column 5).
rlim_t mapped_pages(int column) {
  std::ifstream in("/proc/self/statm");
  rlim_t value = 0;
  for (int at = 0; at <= column; ++at) in >> value;
  return value;
}

bool limit(__rlimit_resource what, rlim_t value) {
  const rlimit both{value, value};
  return ::setrlimit(what, &both) == 0;
}

std::string limit_all(const Sandbox& sandbox) {
  // One arena: another would take 64 MiB of the address space at once.
  ::mallopt(M_ARENA_MAX, 1);
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, core::kSanitized ? 8 * kThreadStack : kThreadStack);
  ::pthread_setattr_default_np(&attributes);
  ::pthread_attr_destroy(&attributes);
  const auto page = static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
  const auto more = static_cast<rlim_t>(sandbox.memory_mb) << 20;
  // A sanitizer maps terabytes of shadow; there only what may be written can be counted.
  const auto kind = core::kSanitized ? RLIMIT_DATA : RLIMIT_AS;
  const auto had = mapped_pages(core::kSanitized ? 5 : 0) * page;
  const bool all = limit(kind, had + more) && limit(RLIMIT_CORE, 0) &&
                   limit(RLIMIT_CPU, kMostCpu) && limit(RLIMIT_NOFILE, 64) &&
                   (core::kSanitized || limit(RLIMIT_FSIZE, sandbox.files ? rlim_t{64} << 20 : 0));
  return all ? "" : failed("limits", errno);
}

// --- Files by path (Landlock)
// ----------------------------------------------------------------------

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrite = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR;
// Every right that the first version knows, and one of the third.
constexpr std::uint64_t kHandled = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
constexpr std::uint64_t kTruncate = std::uint64_t{1} << 14;

void allow_path(int rules, const std::string& path, std::uint64_t rights) {
  const int file = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (file < 0) return;  // what is not there needs no right
  landlock_path_beneath_attr beneath{};
  beneath.allowed_access = rights;
  beneath.parent_fd = file;
  if (::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0) {
    beneath.allowed_access = rights & LANDLOCK_ACCESS_FS_READ_FILE;  // it is no folder
    ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
  }
  ::close(file);
}

std::string limit_paths(const Sandbox& sandbox, std::string& note) {
  const auto version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  const auto truncate = version >= 3 ? kTruncate : 0;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kHandled | truncate;
  const auto rules = static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes.handled_access_fs, 0));
  if (rules < 0) {
    note = "the kernel has no Landlock, so that files are guarded by system calls alone";
    return {};
  }
  // Libraries, and the data they find by themselves.
  for (const char* path : {"/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"}) {
    allow_path(rules, path, kRead);
  }
  if (!sandbox.plugin_folder.empty()) allow_path(rules, sandbox.plugin_folder, kRead);
  if (sandbox.files) allow_path(rules, sandbox.data_folder, kRead | kWrite | truncate);
  if (sandbox.network) {
    for (const char* path : {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl"}) {
      allow_path(rules, path, kRead);
    }
  }
  const auto done = ::syscall(SYS_landlock_restrict_self, rules, 0);
  const int error = errno;
  ::close(rules);
  return done == 0 ? "" : failed("landlock", error);
}

// --- System calls (seccomp)
// ------------------------------------------------------------------------

struct Release {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

// Memory, threads, clocks, reading and writing what is open.
constexpr std::array kComputing{"read",
                                "readv",
                                "pread64",
                                "write",
                                "writev",
                                "pwrite64",
                                "lseek",
                                "close",
                                "fstat",
                                "newfstatat",
                                "stat",
                                "lstat",
                                "statx",
                                "statfs",
                                "fstatfs",
                                "access",
                                "faccessat",
                                "readlink",
                                "readlinkat",
                                "getdents64",
                                "dup",
                                "getcwd",
                                "poll",
                                "ppoll",
                                "pipe2",
                                "eventfd2",
                                "mmap",
                                "munmap",
                                "mprotect",
                                "mremap",
                                "madvise",
                                "brk",
                                "mincore",
                                "rt_sigaction",
                                "rt_sigprocmask",
                                "rt_sigreturn",
                                "sigaltstack",
                                "futex",
                                "set_robust_list",
                                "rseq",
                                "set_tid_address",
                                "exit",
                                "exit_group",
                                "gettid",
                                "getpid",
                                "getppid",
                                "getuid",
                                "geteuid",
                                "getgid",
                                "getegid",
                                "sched_yield",
                                "sched_getaffinity",
                                "sched_getparam",
                                "sched_getscheduler",
                                "getcpu",
                                "clock_gettime",
                                "clock_getres",
                                "clock_nanosleep",
                                "nanosleep",
                                "gettimeofday",
                                "time",
                                "times",
                                "getrandom",
                                "restart_syscall",
                                "uname",
                                "sysinfo",
                                "getrusage",
                                "arch_prctl",
                                "membarrier",
                                "seccomp"};
constexpr std::array kWriting{"open",      "openat",    "rename",    "renameat", "renameat2",
                              "unlink",    "unlinkat",  "mkdir",     "mkdirat",  "fsync",
                              "fdatasync", "ftruncate", "fallocate", "flock"};
constexpr std::array kTalking{"connect",    "bind",       "getsockname", "getpeername",
                              "setsockopt", "getsockopt", "sendto",      "sendmmsg",
                              "shutdown",   "select",     "pselect6",    "epoll_create1",
                              "epoll_ctl",  "epoll_wait", "epoll_pwait"};
// Numbers, locks and flags. Not who is told of what a file does by a signal of whose choice
// (F_SETOWN, F_SETSIG): it could be the host, and the signal SIGKILL.
constexpr std::array kFileCommands{F_GETFD,         F_SETFD,     F_GETFL,     F_DUPFD,
                                   F_DUPFD_CLOEXEC, F_GETLK,     F_SETLK,     F_SETLKW,
                                   F_OFD_GETLK,     F_OFD_SETLK, F_OFD_SETLKW};
// The same by another door would be FIOSETOWN and FIOASYNC.
constexpr std::array kSocketCommands{FIONREAD, FIONBIO, SIOCGIFCONF, SIOCGIFINDEX, SIOCGIFNAME};

// A name that this machine or this libseccomp does not know is not needed here.
template <std::size_t Count>
void allow(const Filter& filter, const std::array<const char*, Count>& names) {
  for (const char* name : names) {
    const int number = ::seccomp_syscall_resolve_name(name);
    if (number >= 0) ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, number, 0, nullptr);
  }
}

void allow_if(const Filter& filter, int number, std::initializer_list<scmp_arg_cmp> conditions) {
  ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, number,
                           static_cast<unsigned>(conditions.size()), conditions.begin());
}

template <typename Number>
scmp_datum_t datum(Number number) {
  return static_cast<scmp_datum_t>(number);
}

void allow_computing(const Filter& filter) {
  allow(filter, kComputing);
  for (const int command : kFileCommands) {
    allow_if(filter, SCMP_SYS(fcntl), {SCMP_A1(SCMP_CMP_EQ, datum(command))});
  }
  allow_if(filter, SCMP_SYS(fcntl),
           {SCMP_A1(SCMP_CMP_EQ, F_SETFL), SCMP_A2(SCMP_CMP_MASKED_EQ, O_ASYNC, 0)});
  // Threads, no processes. What clone3 asks for cannot be looked at: the library falls back.
  allow_if(filter, SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)});
  ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  allow_if(filter, SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_EQ, datum(::getpid()))});
  for (const int asked : {PR_SET_NAME, PR_GET_NAME, PR_SET_NO_NEW_PRIVS}) {
    allow_if(filter, SCMP_SYS(prctl), {SCMP_A0(SCMP_CMP_EQ, datum(asked))});
  }
  for (const int call : {SCMP_SYS(sendmsg), SCMP_SYS(recvfrom)}) {
    allow_if(filter, call, {SCMP_A0(SCMP_CMP_EQ, kChildSocket)});
  }
}

void allow_files(const Filter& filter, bool writing) {
  if (writing) {
    allow(filter, kWriting);
    return;
  }
  constexpr auto kChanges = O_ACCMODE | O_CREAT | O_TRUNC;
  allow_if(filter, SCMP_SYS(open), {SCMP_A1(SCMP_CMP_MASKED_EQ, kChanges, O_RDONLY)});
  allow_if(filter, SCMP_SYS(openat), {SCMP_A2(SCMP_CMP_MASKED_EQ, kChanges, O_RDONLY)});
}

// The internet's kinds, and what the resolver asks the kernel about its own addresses. Not sockets
// that are files, where other programs of this machine listen that may do anything; what listens to
// one of its ports is reached.
void allow_network(const Filter& filter) {
  for (const int family : {AF_INET, AF_INET6}) {
    allow_if(filter, SCMP_SYS(socket), {SCMP_A0(SCMP_CMP_EQ, datum(family))});
  }
  allow_if(filter, SCMP_SYS(socket),
           {SCMP_A0(SCMP_CMP_EQ, AF_NETLINK), SCMP_A2(SCMP_CMP_EQ, NETLINK_ROUTE)});
  allow(filter, kTalking);
  for (const auto command : kSocketCommands) {
    allow_if(filter, SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_EQ, datum(command))});
  }
  for (const int call : {SCMP_SYS(sendmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg)}) {
    ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 0, nullptr);
  }
}

std::string limit_calls(const Sandbox& sandbox) {
  const Filter filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) return "seccomp: no memory";
  allow_computing(filter);
  allow_files(filter, sandbox.files);
  if (sandbox.network) allow_network(filter);
  // Nothing that means well comes near these.
  for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(bpf),
                         SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev)}) {
    ::seccomp_rule_add_array(filter.get(), SCMP_ACT_KILL_PROCESS, call, 0, nullptr);
  }
  const int done = ::seccomp_load(filter.get());
  return done == 0 ? "" : failed("seccomp", -done);
}

}  // namespace

std::string enter_sandbox(const Sandbox& sandbox, std::string& note) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs", errno);
  if (auto why = limit_all(sandbox); !why.empty()) return why;
  if (core::kSanitized) {
    note = "a sanitizer build: neither files nor system calls are guarded";
    return {};
  }
  ::tzset();
  if (auto why = limit_paths(sandbox, note); !why.empty()) return why;
  return limit_calls(sandbox);
}

std::string close_files() {
  if (core::kSanitized) return {};
  const Filter filter(::seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) return "seccomp: no memory";
  ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  for (const int call : {SCMP_SYS(open), SCMP_SYS(openat)}) {
    ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EACCES), call, 0, nullptr);
  }
  const int done = ::seccomp_load(filter.get());
  return done == 0 ? "" : failed("seccomp", -done);
}

}  // namespace dugout::host
