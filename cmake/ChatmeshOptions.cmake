# Compiler settings that every ChatMesh target shares, as one interface library.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers need these two liberties; see "Precompiled headers" in ccache's manual.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

add_library(chatmesh_options INTERFACE)
target_include_directories(chatmesh_options INTERFACE "${CMAKE_SOURCE_DIR}")
# -Wmaybe-uninitialized of g++ 12 takes the inside of an empty std::optional for a fault wherever it inlines much.
target_compile_options(chatmesh_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-maybe-uninitialized -fno-omit-frame-pointer
  $<$<BOOL:${CHATMESH_WERROR}>:-Werror>)
if(CHATMESH_SANITIZE)
  target_compile_options(chatmesh_options INTERFACE -fsanitize=${CHATMESH_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(chatmesh_options INTERFACE -fsanitize=${CHATMESH_SANITIZE})
  if(CHATMESH_SANITIZE MATCHES undefined)
    # UBSan's look at dynamic types needs type information that Debian's SOCI does not export, and a free descriptor each
    # time, which the tests of running out of them take away.
    target_compile_options(chatmesh_options INTERFACE -fno-sanitize=vptr)
  endif()
endif()

# chatmesh_layer(<folder> LINKS <targets...> SOURCES <files...> [PCH <headers...>])
function(chatmesh_layer name)
  cmake_parse_arguments(ARG "" "" "LINKS;SOURCES;PCH" ${ARGN})
  add_library(chatmesh_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(chatmesh_${name} PUBLIC chatmesh_options ${ARG_LINKS})
  if(ARG_PCH AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_compile_options(chatmesh_${name} PRIVATE -fpch-preprocess)
    target_precompile_headers(chatmesh_${name} PRIVATE ${ARG_PCH})
  endif()
endfunction()
