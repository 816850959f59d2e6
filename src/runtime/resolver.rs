//! Host names for coroutines: `getaddrinfo` blocks its thread and knows no other way, so each look-up gets a thread of its own.
//!
//! Threads: the coroutine waits in its scheduler; the look-up holds nothing but its name and where the answer goes, so it may end when nobody waits any more,
//! or together with the process.

use super::awaitable::Guard;
use super::{cache, scheduler};
use crate::zend::{Php, Raised};
use async_threads_core::completion::Completion;
use std::ffi::{CStr, CString};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::ptr;
use std::sync::Arc;

/// What a look-up gives: addresses in the order to try them, or the code that `gai_strerror` has a text for.
type Found = Result<Vec<SocketAddr>, i32>;

/// The addresses of `host`; other coroutines go on meanwhile.
pub(crate) fn resolve(php: Php<'_>, host: &CStr, port: u16) -> Result<Found, Raised> {
    let completion: Arc<Completion<Found>> = Arc::default();
    let (name, answer) = (host.to_owned(), Arc::clone(&completion));
    let look_up = move || {
        let _ = answer.complete(look_up(&name, port));
    };
    if cache::spawn_plain("async_threads name", look_up).is_none() {
        return Ok(self::look_up(host, port));
    }
    let scheduler = scheduler::of(php);
    let _guard = Guard::remote(php, &completion, &scheduler.current());
    scheduler.wait(php, || completion.is_complete())?;
    Ok(completion.get().cloned().unwrap_or(Err(libc::EAI_AGAIN)))
}

fn look_up(host: &CStr, port: u16) -> Found {
    let service = CString::new(port.to_string()).unwrap_or_default();
    let mut list = ptr::null_mut();
    // SAFETY: strings and memory of this frame; the list is freed below.
    let code = unsafe {
        let mut hints: libc::addrinfo = std::mem::zeroed();
        hints.ai_socktype = libc::SOCK_STREAM;
        hints.ai_family = libc::AF_UNSPEC;
        libc::getaddrinfo(host.as_ptr(), service.as_ptr(), &raw const hints, &raw mut list)
    };
    if code != 0 {
        return Err(code);
    }
    let mut found = Vec::new();
    let mut next: *const libc::addrinfo = list;
    // SAFETY: a list as getaddrinfo makes it, whose addresses are of the kind their family says.
    while let Some(info) = unsafe { next.as_ref() } {
        found.extend(
            // SAFETY: as above.
            unsafe { address(info) },
        );
        next = info.ai_next;
    }
    // SAFETY: from getaddrinfo, and not used any more.
    unsafe { libc::freeaddrinfo(list) };
    Ok(found)
}

/// # Safety
/// `info` is an entry of a list made by getaddrinfo.
unsafe fn address(info: &libc::addrinfo) -> Option<SocketAddr> {
    match info.ai_family {
        libc::AF_INET => {
            // SAFETY: by contract.
            let v4 = unsafe { info.ai_addr.cast::<libc::sockaddr_in>().read_unaligned() };
            Some(SocketAddr::from((Ipv4Addr::from(u32::from_be(v4.sin_addr.s_addr)), u16::from_be(v4.sin_port))))
        }
        libc::AF_INET6 => {
            // SAFETY: by contract.
            let v6 = unsafe { info.ai_addr.cast::<libc::sockaddr_in6>().read_unaligned() };
            let (ip, port) = (Ipv6Addr::from(v6.sin6_addr.s6_addr), u16::from_be(v6.sin6_port));
            Some(SocketAddrV6::new(ip, port, v6.sin6_flowinfo, v6.sin6_scope_id).into())
        }
        _ => None,
    }
}
