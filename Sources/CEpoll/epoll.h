// Linux interfaces that Swift's Glibc module does not export. Headers only; nothing is compiled here.
//
#ifndef FIDELIO_EPOLL_H
#define FIDELIO_EPOLL_H

#include <spawn.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/vfs.h>

// Declared by the C library only under _GNU_SOURCE.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

#endif
